"""Values are printable and not endless (RFC 6749, appendix A)."""

from __future__ import annotations

from gateway.oidc.authorize import claims
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.issued import hint
from gateway.oidc.resources import rfc9396

LONGEST = 2048
LONGER = {
    "claims": claims.LONGEST,
    "id_token_hint": hint.LONGEST,
    "authorization_details": rfc9396.LONGEST,
}
BLANK = str.maketrans("", "", "\t\r\n")
"""White space of JSON, which is laid out for people at times."""
JSON = {"claims", "authorization_details"}
UNSEEN = {"authorization_details"}
"""Each type has its own rule for what would not be seen: the person reads it."""


def check_characters(asked: Asked) -> None:
    """Raise InvalidRequest for control characters and for values beyond 2048 characters."""
    for name, values in asked.parameters.values.items():
        if not all(_fits(name, value) for value in values):
            raise InvalidRequest("A value is too long or holds characters that are not printable.")


def _fits(name: str, value: str) -> bool:
    seen = value.translate(BLANK) if name in JSON else value
    printable = name in UNSEEN or seen.isprintable()
    return len(value) <= LONGER.get(name, LONGEST) and printable
