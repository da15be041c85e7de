"""The client must be one of ours."""

from __future__ import annotations

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients.registered import Clients
from store.clients import Client

UNKNOWN = Text("The application that sent you here is not known. Please go back to it.")


def check_client(parameters: Parameters, clients: Clients) -> Client:
    """Return the client. Raises BadRequest where `client_id` is missing, repeated or unknown."""
    found = clients.get(parameters["client_id"])
    if found is None or parameters.repeated("client_id"):
        raise BadRequest(UNKNOWN, detail="client_id missing, repeated or unknown")
    return found.record
