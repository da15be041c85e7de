"""The key that a code is to be bound to (RFC 9449, section 10)."""

from __future__ import annotations

import re

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


def check_dpop_jkt(asked: Asked) -> None:
    """Raise InvalidRequest where it is no SHA-256 thumbprint (RFC 7638)."""
    dpop_jkt = asked.parameters["dpop_jkt"]
    if dpop_jkt and not THUMBPRINT.fullmatch(dpop_jkt):
        raise InvalidRequest("dpop_jkt is not a SHA-256 thumbprint in base64url.")
