"""What the sender of a token request has proven to hold, and what its tokens are bound to."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidRequestError

from gateway.oidc.dpop.proofs import Proofs
from gateway.oidc.token.request import TokenRequest
from store.clients import Client

PATH = "/oauth/token"


class Possession:
    """Finds the confirmation (`cnf`, RFC 7800, section 3.1) of the tokens to be issued."""

    def __init__(self, proofs: Proofs) -> None:
        self._proofs = proofs

    def confirmation(self, request: TokenRequest, client: Client) -> dict[str, str]:
        """Return the members of `cnf`, none for a bearer token.

        Raises what a proof can raise, and InvalidRequestError where a proof is missing.
        """
        return {**self._key(request, client), **_certificate(request, client)}

    def _key(self, request: TokenRequest, client: Client) -> dict[str, str]:
        """Bind to the key of a proof, whoever sends one (RFC 9449, section 5)."""
        jkt = self._proofs.proven(request.headers, request.method, PATH)
        if client.metadata.dpop_bound_access_tokens and jkt is None:
            raise InvalidRequestError("Missing 'DPoP' header.")
        return {"jkt": jkt} if jkt else {}


def _certificate(request: TokenRequest, client: Client) -> dict[str, str]:
    """Bind to the certificate of a client that registered so (RFC 8705, section 3)."""
    if not client.metadata.tls_client_certificate_bound_access_tokens:
        return {}
    if request.certificate is None:
        raise InvalidRequestError("Missing client certificate.")
    return {"x5t#S256": request.certificate.thumbprint}
