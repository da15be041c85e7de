"""Where passkeys may be used: the relying party's id and its origins."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from contracts.errors import Misconfigured
from contracts.text import Text
from verifiers.webauthn.settings import WebauthnSettings

LOCAL = "localhost"
ORIGIN = re.compile(
    r"(https://[a-z0-9-]+(\.[a-z0-9-]+)+|https?://localhost)(:[0-9]{1,5})?"
    r"|android:apk-key-hash:[A-Za-z0-9_-]{43}"
)
"""As browsers write it into the client data: lower case, no default port, no path; or an app's."""


def rp_id(settings: WebauthnSettings, origin: str) -> str:
    """Return the relying party's id. Raises Misconfigured where the issuer is not under it."""
    host = urlsplit(origin).hostname or ""
    wanted = settings.rp_id or host
    if wanted != host and not ("." in wanted and host.endswith(f".{wanted}")):
        message = "GATEHOUSE_WEBAUTHN_RP_ID: %(id)s is neither %(host)s nor a domain that it is in"
        raise Misconfigured(Text(message, {"id": wanted, "host": host}))
    return wanted


def origins(settings: WebauthnSettings, origin: str) -> list[str]:
    """Return the origins of ceremonies. Raises Misconfigured where one is not written as such."""
    for each in settings.origins:
        if not ORIGIN.fullmatch(each):
            message = "GATEHOUSE_WEBAUTHN_ORIGINS: %(origin)s is not an origin"
            raise Misconfigured(Text(message, {"origin": each}))
    return settings.origins or [origin]


def related(settings: WebauthnSettings) -> list[str]:
    """Return what the related origins document lists (WebAuthn Level 3, 5.11)."""
    return [each for each in settings.origins if each.startswith("http")]
