"""A backend asks for a person (CIBA Core 1.0, section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from gateway.oidc.authorize.asked import Asked, Knowledge
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.backchannel.hints import hinted
from gateway.oidc.backchannel.reach import reachable
from gateway.oidc.backchannel.request import checked
from gateway.oidc.settings import BackchannelSettings
from store.backchannel_requests import new_auth_req_id
from store.clients import Client

INTERVAL = 5
"""Seconds between polls (section 7.3)."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer to an accepted request; `number` is for the client to show."""

    auth_req_id: str = field(repr=False)
    lifetime: timedelta
    number: str


class Backchannel:
    """Takes requests and puts those before people that may reach them."""

    def __init__(self, knowledge: Knowledge, settings: BackchannelSettings) -> None:
        self._knowledge = knowledge
        self._store = knowledge.store
        self._settings = settings

    def ask(self, client: Client, parameters: Parameters) -> Acknowledged:
        """Take a request; whom it reaches is not told. Raises AuthorizationError."""
        asked = Asked(parameters, client, self._knowledge, pushed=True)
        auth_req_id = new_auth_req_id()
        request, lifetime = checked(asked, auth_req_id), self._lifetime(parameters)
        meant = hinted(asked)
        with self._store.write() as tx:
            account_id = reachable(tx, self._settings, client.id, meant)
            reached = tx.backchannel_requests.put(
                auth_req_id,
                client.id,
                account_id,
                request.to_dict(),
                interval=INTERVAL,
                lifetime=lifetime,
            )
            person = account_id if reached else None
            tx.audit.add("backchannel.asked", account_id=person, client_id=client.id)
        return Acknowledged(auth_req_id, lifetime, request.number)

    def _lifetime(self, parameters: Parameters) -> timedelta:
        wished = parameters["requested_expiry"]
        if not wished:
            return self._settings.lifetime
        return min(timedelta(seconds=int(wished)), self._settings.longest)
