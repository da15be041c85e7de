"""The refresh token grant (RFC 6749, section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant as _RefreshTokenGrant

from gateway.oidc.clients.registered import METHODS
from gateway.oidc.token.issuing import Issuing

if TYPE_CHECKING:
    from gateway.oidc.token.login import Login
    from gateway.oidc.token.redemption import RefreshToken


class RefreshTokenGrant(Issuing, _RefreshTokenGrant):
    """Uses the token by the policy of its client, in one transaction, before it answers."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        """Rotate the token, or use the one that stays."""
        sender, scope = self.sender(self.request.client), self.request.payload.scope
        used: RefreshToken | None = self.server.redemption.refresh_token(
            refresh_token, sender, scope
        )
        return used

    def authenticate_user(self, refresh_token: RefreshToken) -> Login:
        """Return the login behind the token, with the token that follows."""
        return refresh_token.login

    def save_token(self, token: dict[str, Any]) -> None:
        """Keep nothing: what follows is stored."""

    def revoke_old_credential(self, refresh_token: RefreshToken) -> None:
        """Do nothing: the old token was used before anything was issued."""
