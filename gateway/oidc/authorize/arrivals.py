"""How a request arrives: in the address, pushed beforehand (RFC 9126) or signed (RFC 9101)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc.authorize.asked import Asked, Knowledge
from gateway.oidc.authorize.errors import AuthorizationError, InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.rfc9101 import RequestObjects
from store import Store
from store.clients import Client

REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
GONE = Text("This request has expired or was used before. Please go back to the application.")


@dataclass(frozen=True, slots=True)
class Arrived:
    """The parameters that count; `refused` says why those of a request object do not."""

    parameters: Parameters
    pushed: bool = False
    signed: bool = False
    refused: AuthorizationError | None = None

    def asked(self, client: Client, knowledge: Knowledge) -> Asked:
        """Return it as the checks see it. Raises AuthorizationError where it was refused."""
        if self.refused:
            raise self.refused
        return Asked(self.parameters, client, knowledge, pushed=self.pushed, signed=self.signed)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form of a pushed request."""
        return {"parameters": dict(self.parameters.values), "signed": self.signed}

    @classmethod
    def from_dict(cls, stored: dict[str, object]) -> Self:
        """Read the JSON form of a pushed request."""
        return cls(Parameters(stored["parameters"]), pushed=True, signed=bool(stored["signed"]))  # type: ignore[arg-type]


class Arrivals:
    """Finds the parameters of a request, wherever they are."""

    def __init__(self, store: Store, objects: RequestObjects) -> None:
        self._store = store
        self._objects = objects

    def at_the_endpoint(self, sent: Parameters, client: Client) -> Arrived:
        """Open what came to the authorization endpoint; a pushed request is used up by it.

        What stands beside `request_uri` is ignored. Raises BadRequest for a request that is
        unknown, used, expired or another client's: it has no address that an error could go to.
        """
        if sent["request"] and sent["request_uri"]:
            return Arrived(sent, refused=InvalidRequest("Send request or request_uri, not both."))
        if not sent["request_uri"].startswith(REQUEST_URI):
            return self.signed(sent, client)
        if sent.repeated("request_uri"):
            raise BadRequest(GONE, detail="request_uri is included more than once")
        handle = sent["request_uri"].removeprefix(REQUEST_URI)
        with self._store.write() as tx:
            held = tx.pushed_requests.take(handle, client.id)
        if held is None:
            raise BadRequest(GONE, detail="request_uri unknown, used, expired or foreign")
        return Arrived.from_dict(held)

    def signed(self, sent: Parameters, client: Client) -> Arrived:
        """Open the request object, where there is one."""
        if not sent["request"]:
            return Arrived(sent)
        if sent.repeated("request"):
            return Arrived(sent, refused=InvalidRequest("request is included more than once."))
        try:
            return Arrived(self._objects.parameters(sent["request"], client), signed=True)
        except AuthorizationError as error:
            return Arrived(sent, refused=error)
