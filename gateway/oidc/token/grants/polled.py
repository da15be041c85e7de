"""Grants that a client polls for while the person decides elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Error,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import TokenEndpointMixin
from authlib.oauth2.rfc8628.errors import (
    AuthorizationPendingError,
    ExpiredTokenError,
    SlowDownError,
)

from gateway.oidc.clients.registered import METHODS
from gateway.oidc.token.issuing import Issuing
from store import Transaction
from store.polled import Poll, Unfinished

if TYPE_CHECKING:
    from gateway.oidc.token.login import Login

ERRORS: dict[Unfinished, type[OAuth2Error]] = {
    Unfinished.PENDING: AuthorizationPendingError,
    Unfinished.SLOW_DOWN: SlowDownError,
    Unfinished.EXPIRED: ExpiredTokenError,
    Unfinished.DENIED: AccessDeniedError,
}


class PolledGrant(Issuing, TokenEndpointMixin, ABC):
    """Answers a poll: by a token, once, or by why there is none (RFC 8628, section 3.5)."""

    TOKEN_ENDPOINT_AUTH_METHODS: tuple[str, ...] = METHODS
    PARAMETER: str
    """What names the authorization in the request."""

    @abstractmethod
    def polling(self, presented: str, client_id: str) -> Callable[[Transaction], Poll]:
        """Return the poll of what was presented, to be made in a transaction."""

    def validate_token_request(self) -> None:
        """Authenticate the client and redeem what it polls for. Raises OAuth2Error."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError()
        presented = self.request.form.get(self.PARAMETER)
        if not presented:
            raise InvalidRequestError(f"Missing '{self.PARAMETER}' in request.")
        self.request.client = client
        self.request.user = self._login(self.polling(presented, client.record.id))

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Issue the tokens (RFC 6749, section 5.1); the ID token is added by a hook."""
        login: Login = self.request.user
        token = self.generate_token(user=login, scope=login.grant.scope)
        response = 200, token, self.TOKEN_RESPONSE_HEADER
        self.execute_hook("after_create_token_response", response)
        return response

    def _login(self, poll: Callable[[Transaction], Poll]) -> Login:
        sender = self.sender(self.request.client)
        found: Login | Unfinished | None = self.server.redemption.polled(poll, sender)
        if found is None:
            raise InvalidGrantError()
        if isinstance(found, Unfinished):
            raise ERRORS[found]()
        return found
