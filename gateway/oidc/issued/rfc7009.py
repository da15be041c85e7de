"""Token revocation (RFC 7009)."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc7009 import RevocationEndpoint as _RevocationEndpoint

from gateway.oidc.clients.registered import METHODS, RegisteredClient


class RevocationEndpoint(_RevocationEndpoint):
    """Revokes what belongs to the client that asks; the answer is the same in any case.

    Revoked, unknown, foreign and expired tokens are all answered with 200 (section 2.2).
    """

    CLIENT_AUTH_METHODS = METHODS

    def authenticate_token(self, request: OAuth2Request, client: RegisteredClient) -> str:
        """Return the token as it was sent: whose it is, is no business of the answer."""
        self.check_params(request, client)
        token: str = request.form["token"]
        return token

    def revoke_token(self, token: str, request: OAuth2Request) -> None:
        """Revoke it if it is the client's."""
        self.server.standing.revoke(token, request.client.record.id)
