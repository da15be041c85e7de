"""Values are printable and not endless (RFC 6749, appendix A)."""

from __future__ import annotations

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest

LONGEST = 2048


def check_characters(asked: Asked) -> None:
    """Raise InvalidRequest for control characters and for values beyond 2048 characters."""
    sent = [value for values in asked.parameters.values.values() for value in values]
    if any(len(value) > LONGEST or not value.isprintable() for value in sent):
        raise InvalidRequest("A value is too long or holds characters that are not printable.")
