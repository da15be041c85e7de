"""The file of the keys that never enter a database: key-encryption keys and the pepper."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contracts.errors import Misconfigured
from contracts.text import Text

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Key-encryption keys by version, the version that seals now, and the pepper; 32 bytes each."""

    kek: Mapping[int, bytes] = field(repr=False)
    current: int
    pepper: bytes = field(repr=False)


def load_or_create(path: Path, create: bool) -> Keys:
    """Read the key file, made first where it is missing and may be. Raises Misconfigured."""
    if create and not path.exists():
        _create(path)
    return _parse(path, _read(path))


def _create(path: Path) -> None:
    """Write fresh keys beside the path and link them into place: whole or not at all, once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(_fresh())
            file.flush()
            os.fsync(file.fileno())
        _link(draft, path)
    finally:
        draft.unlink()


def _link(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _fresh() -> str:
    key, pepper = (base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for _ in range(2))
    return json.dumps({"pepper": pepper, "keys": {"1": key}, "current": 1}, indent=1) + "\n"


def _read(path: Path) -> str:
    try:
        with path.open() as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused("The key file %(path)s cannot be read: give the right one.", path) from error
    if mode & 0o077:
        raise _refused("Others can read the key file. Run: chmod 600 %(path)s", path)
    return text


def _parse(path: Path, text: str) -> Keys:
    try:
        content = json.loads(text)
        kek = {int(version): _key(value) for version, value in content["keys"].items()}
        keys = Keys(kek=kek, current=int(content["current"]), pepper=_key(content["pepper"]))
        keys.kek[keys.current]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise _refused("The key file %(path)s is damaged: restore it.", path) from error
    return keys


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key must have 32 bytes")
    return key


def _refused(message: str, path: Path) -> Misconfigured:
    return Misconfigured(Text(message, {"path": str(path)}))
