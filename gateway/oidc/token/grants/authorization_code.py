"""The authorization code grant (RFC 6749, section 4.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant as _AuthorizationCodeGrant

from gateway.oidc.clients.registered import METHODS
from gateway.oidc.token import rfc7636
from gateway.oidc.token.issuing import Issuing
from gateway.oidc.token.redemption import Exchange

if TYPE_CHECKING:
    from gateway.oidc.clients.registered import RegisteredClient
    from gateway.oidc.token.login import Login
    from gateway.oidc.token.redemption import AuthorizationCode


class AuthorizationCodeGrant(Issuing, _AuthorizationCodeGrant):
    """Consumes the code at Authlib's first look at it, so that two looks never see the same one."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(
        self, code: str, client: RegisteredClient
    ) -> AuthorizationCode | None:
        """Consume the code, once all that must come with it is there."""
        form = self.request.form
        sent = Exchange(code, form.get("redirect_uri", ""), rfc7636.code_verifier(form))
        found: AuthorizationCode | None = self.server.redemption.code(sent, self.sender(client))
        return found

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Login:
        """Return the login behind the code, with a refresh token where the scope asks for it."""
        return authorization_code.login

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep nothing: access tokens are self-contained and the refresh token is stored."""

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Do nothing: the code was consumed before anything was issued."""
