"""Where this machine's settings say that the private parts of signing keys are held."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.oidc.keys.keeper import Keeper
    from gateway.oidc.keys.pkcs11 import Pkcs11


def make_keeper(settings: Settings) -> Keeper:
    """Return the keeper. Raises Misconfigured where the token cannot be opened."""
    module = settings.pkcs11_module
    if module is not None:
        return _kept(module, settings.pkcs11_token, settings.pkcs11_pin_file)
    from gateway.oidc.keys.wrapped import WRAPPED  # noqa: PLC0415 - the worker rarely needs it

    return WRAPPED


def check_keeper(settings: Settings) -> None:
    """Open a token and leave it again, as nothing of a token survives a fork."""
    if settings.pkcs11_module is not None:
        token, pin_file = settings.pkcs11_token, settings.pkcs11_pin_file
        _opened(settings.pkcs11_module, token, pin_file).close()


@lru_cache(maxsize=1)
def _kept(module: Path, token: str, pin_file: Path | None) -> Pkcs11:
    """Return the token, one in a process: a process logs in once, whatever else is set anew."""
    return _opened(module, token, pin_file)


def _opened(module: Path, token: str, pin_file: Path | None) -> Pkcs11:
    try:
        from gateway.oidc.keys import pkcs11  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = Text("GATEHOUSE_PKCS11_MODULE needs: pip install 'gatehouse[pkcs11]'")
        raise Misconfigured(message) from error
    return pkcs11.opened(module, token, _pin(pin_file))


def _pin(file: Path | None) -> str:
    if file is None:
        raise Misconfigured(Text("Set GATEHOUSE_PKCS11_PIN_FILE: the token asks for its PIN."))
    try:
        if file.stat().st_mode & 0o077:
            message = "Others can read the PIN of the PKCS#11 token. Run: chmod 600 %(path)s"
            raise Misconfigured(Text(message, {"path": str(file)}))
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        message = "The file %(path)s of the PKCS#11 token's PIN cannot be read."
        raise Misconfigured(Text(message, {"path": str(file)})) from error
