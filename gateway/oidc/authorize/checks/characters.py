"""Values are printable and not endless (RFC 6749, appendix A)."""

from __future__ import annotations

from gateway.oidc.authorize import claims
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.issued import hint
from gateway.oidc.resources import rfc9396

LONGEST = 2048
LONGER = {"claims": claims.LONGEST, "id_token_hint": hint.LONGEST}
PUSHED = {**LONGER, "authorization_details": rfc9396.LONGEST}
"""What need not fit into an address: it was pushed, or is within a request object."""

BLANK = str.maketrans("", "", "\t\r\n")
"""White space of JSON, which is laid out for people at times."""
JSON = {"claims", "authorization_details"}
UNSEEN = {"authorization_details"}
"""Each type has its own rule for what would not be seen: the person reads it."""


def check_characters(asked: Asked) -> None:
    """Raise InvalidRequest for control characters and for values beyond 2048 characters."""
    longer = PUSHED if asked.pushed or asked.signed else LONGER
    for name, values in asked.parameters.values.items():
        if any(len(value) > longer.get(name, LONGEST) for value in values):
            raise InvalidRequest("A value is too long.")
        if not all(_printable(name, value) for value in values):
            raise InvalidRequest("A value holds characters that are not printable.")


def _printable(name: str, value: str) -> bool:
    seen = value.translate(BLANK) if name in JSON else value
    return name in UNSEEN or seen.isprintable()
