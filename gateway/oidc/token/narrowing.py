"""What a token request asks of what was granted: less of it, never more (RFC 8707, RFC 9396)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error

from gateway.oidc.resources import rfc9396
from gateway.oidc.token.request import TokenRequest
from store.grants import Access

Details = tuple[dict[str, Any], ...]


class InvalidTarget(OAuth2Error):
    """A resource is missing, unknown, or not open to the client (RFC 8707, section 2)."""

    error = "invalid_target"


class InvalidAuthorizationDetails(OAuth2Error):
    """Authorization details are malformed, or more than was granted (RFC 9396, section 8)."""

    error = "invalid_authorization_details"


def check(request: TokenRequest, granted: Access) -> None:
    """Raise OAuth2Error where more is asked than was granted; nothing has been consumed yet."""
    target(request, granted.resource)
    details(request, granted.authorization_details)


def target(request: TokenRequest, granted: Collection[str]) -> str | None:
    """Return the one resource the token is for; None where none was ever named.

    A token for two audiences could be carried by one of them to the other, so that each token has
    one (RFC 8707, section 3; RFC 9700, section 2.3): where several were granted, one must be named.
    """
    asked = request.resource or tuple(granted)
    if len(asked) > 1 or not set(asked) <= set(granted):
        raise InvalidTarget()
    return asked[0] if asked else None


def details(request: TokenRequest, granted: Details) -> Details:
    """Return the authorization details asked for, all that were granted where none are."""
    try:
        asked = rfc9396.parsed(request.form.get("authorization_details", ""))
        return rfc9396.narrowed(asked, granted)
    except ValueError as error:
        raise InvalidAuthorizationDetails() from error
