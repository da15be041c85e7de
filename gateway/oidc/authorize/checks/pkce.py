"""Every client proves possession of its code, by S256 (RFC 7636, RFC 9700 section 2.1.1)."""

from __future__ import annotations

import re

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

S256 = re.compile(r"[A-Za-z0-9_-]{43}")


def check_pkce(asked: Asked) -> None:
    """Raise InvalidRequest without a challenge, or for `plain`, the default of an absent method."""
    if not asked.parameters["code_challenge"]:
        raise InvalidRequest("code_challenge is missing.")
    if asked.parameters["code_challenge_method"] != "S256":
        raise InvalidRequest("code_challenge_method must be S256.")
    if not S256.fullmatch(asked.parameters["code_challenge"]):
        raise InvalidRequest("code_challenge is not a SHA-256 hash in base64url.")
