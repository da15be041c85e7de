"""Which client is calling: by an access token that it got for itself (RFC 6750, RFC 9449)."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Request, Response

from gateway.oidc.clients.registered import Clients
from gateway.oidc.issued import rfc6750
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.standing import Standing, Token
from store import Client

READ, MANAGE = "ssf.read", "ssf.manage"
"""The scopes of the interoperability profile of CAEP, section 2.7.2; who may manage may read."""


class Authority:
    """Knows whose stream a request may touch."""

    def __init__(
        self, standing: Standing, clients: Clients, binding: Binding, resource: str
    ) -> None:
        """Take the address of the management API as `resource`, which tokens may be meant for."""
        self._standing = standing
        self._clients = clients
        self._binding = binding
        self._resource = resource

    def client(self, request: Request, wanted: str) -> Client | Response:
        """Return who is calling, or the challenge for one whose token does not serve.

        A token that speaks of a person does not: a person's consent manages no streams.
        """
        tokens = rfc6750.presented(request)
        if len(tokens) != 1:
            return rfc6750.challenge("invalid_request" if tokens else "")
        shown = tokens[0]
        token = self._standing.find(shown.token)
        try:
            if token is None or not self._binding.holds(token.claims, shown, request):
                return rfc6750.challenge("invalid_token", shown.scheme)
        except OAuth2Error as error:
            return rfc6750.challenge(error.error, shown.scheme, error.description or "")
        client = self._meant(token)
        if client is None:
            return rfc6750.challenge("invalid_token", shown.scheme)
        if not {wanted, MANAGE} & set(str(token.claims.get("scope", "")).split()):
            return rfc6750.challenge("insufficient_scope", shown.scheme, scope=wanted)
        return client

    def _meant(self, token: Token) -> Client | None:
        """Return the client of a token of its own that is meant for us, or for nobody else."""
        found = self._clients.get(token.client_id)
        own = token.grant_id is None and token.claims.get("sub") == token.client_id
        if found is None or not own:
            return None
        meant = token.claims.get("aud") in {self._resource, found.record.audience}
        return found.record if meant else None
