"""The request of the token endpoint, and of others that clients authenticate at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Payload, OAuth2Request
from flask import Request

from gateway.oidc.clients import rfc8705

FORM = "application/x-www-form-urlencoded"
REPEATABLE = {"resource", "audience"}


class TokenPayload(OAuth2Payload):
    """The parameters of the body; an empty one counts as left out (RFC 6749, section 3.2)."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = {name: value for name, value in form.items() if value}

    @property
    def data(self) -> dict[str, str]:
        """Return the parameters."""
        return self._form

    def settle_scope(self, scope: str) -> None:
        """Replace the requested scope by the one that is granted."""
        self._form["scope"] = scope


class TokenRequest(OAuth2Request):
    """A token request. Its query string is never read.

    `cnf` is what its sender has proven to hold, and its tokens are bound to (RFC 7800). `resource`
    and `audience` name what the token is to be for (RFC 8707, RFC 8693). `granted` is the scope
    that was settled, before it is narrowed to what a resource understands.
    """

    def __init__(self, request: Request) -> None:
        self.cnf: dict[str, str] = {}
        self.granted = ""
        self.resource = _named(request, "resource")
        self.audience = _named(request, "audience")
        # Authlib would judge transport security by the Host header, which is not ours to trust
        # behind a proxy that ends TLS; the issuer's scheme was checked when the settings were read.
        super().__init__(request.method, "https://token.invalid/", headers=request.headers)
        self.payload = TokenPayload(request.form)
        self._environ = request.environ

    @cached_property
    def certificate(self) -> rfc8705.Certificate | None:
        """Return the client certificate that a trusted proxy handed on (RFC 8705)."""
        return rfc8705.presented(self._environ)

    @property
    def jkt(self) -> str | None:
        """Return the thumbprint of the key that its sender has proven to hold (RFC 9449)."""
        return self.cnf.get("jkt")

    @property
    def form(self) -> dict[str, str]:
        """Return the parameters of the body."""
        return self.payload.data


def check_form(request: Request, required: str) -> None:
    """Raise InvalidRequestError for no form, a repeated parameter, or without the required one."""
    if request.mimetype != FORM:
        raise InvalidRequestError(f"Send the parameters as {FORM}.")
    counts = Counter(name for name, _ in request.form.items(multi=True))
    if any(count > 1 for name, count in counts.items() if name not in REPEATABLE):
        raise InvalidRequestError("A parameter is included more than once.")
    if required and not request.form.get(required):
        raise InvalidRequestError(f"Missing '{required}' in request.")


def _named(request: Request, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in request.form.getlist(name) if value))
