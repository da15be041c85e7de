"""Whom a token is for, and what of the rest is theirs to see (RFC 8707, RFC 9396)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.oidc.clients.registered import narrowed
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.rfc8707 import Resources
from gateway.oidc.resources.types.message import is_for_one_message
from gateway.oidc.token.narrowing import Details, InvalidTarget, details, target
from gateway.oidc.token.request import TokenRequest
from store.clients import Client
from store.grants import Access

NOTHING = Access(scope="")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What an access token is to hold."""

    audience: tuple[str, ...]
    scope: str
    authorization_details: Details = ()


class Targets:
    """Narrows what was granted to one audience."""

    def __init__(self, resources: Resources, message_token: timedelta) -> None:
        self.resources = resources
        self._message_token = message_token

    def of_person(self, request: TokenRequest, grant: Access, scope: str) -> Narrowed:
        """Return what a token holds of a person's grant. Raises OAuth2Error."""
        client: Client = request.client.record
        uri = target(request, grant.resource)
        return self._narrow(client, uri, scope, details(request, grant.authorization_details))

    def of_client(self, request: TokenRequest, scope: str) -> Narrowed:
        """Return what a token holds that a client gets for itself. Raises OAuth2Error.

        Nobody is there to be shown authorization details, so that none are granted.
        """
        details(request, NOTHING.authorization_details)
        if len(request.resource) > 1:
            raise InvalidTarget()
        return self._narrow(request.client.record, next(iter(request.resource), None), scope, ())

    def lifetime(self, client: Client, allowed: Details) -> timedelta:
        """Return how long a token lives: seconds, where it is for one message."""
        usual = timedelta(seconds=client.access_token_seconds)
        return min(usual, self._message_token) if is_for_one_message(allowed) else usual

    def _narrow(self, client: Client, uri: str | None, scope: str, allowed: Details) -> Narrowed:
        """Leave what the resource understands; without one, the token is for the client's own."""
        if uri is None:
            return Narrowed((client.audience,), scope, allowed)
        try:
            found = self.resources.serving(uri, client)
        except ValueError as error:
            raise InvalidTarget() from error
        understood = rfc9396.understood(allowed, found.authorization_details)
        return Narrowed((uri,), narrowed(scope, found.scope), understood)
