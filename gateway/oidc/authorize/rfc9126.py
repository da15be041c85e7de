"""Pushed authorization requests (PAR, RFC 9126): a request that the client itself brings to us.

Every check of the authorization endpoint is made when it is pushed, so that no request that was
taken fails later for its form. An address that is not registered is not taken here either, though
section 2.4 would let a client that has proven itself name one for a single request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import request as current_request

from contracts.errors import BadRequest
from gateway.oidc.authorize.arrivals import REQUEST_URI, Arrivals, Arrived
from gateway.oidc.authorize.asked import Knowledge
from gateway.oidc.authorize.checks import check_redirect_uri
from gateway.oidc.authorize.client_endpoint import PROOFS, ClientEndpoint
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.authorize.request import checked
from gateway.oidc.dpop.proofs import Headers, Proofs
from store.clients import Client

PATH = "/oauth/par"
LIFETIME = timedelta(seconds=60)
"""Long enough to send a browser on (section 2.2); FAPI 2.0 allows ten minutes."""


class Pushing:
    """Takes requests that clients push."""

    def __init__(self, arrivals: Arrivals, knowledge: Knowledge, proofs: Proofs) -> None:
        self._arrivals = arrivals
        self._knowledge = knowledge
        self._proofs = proofs

    def push(self, sent: Parameters, client: Client, headers: Headers) -> str:
        """Check a request, keep it and return its `request_uri`.

        Raises AuthorizationError, and what a DPoP proof can raise.
        """
        arrived = self._bound(self._opened(sent, client), headers)
        try:
            check_redirect_uri(arrived.parameters, client)
        except BadRequest as error:
            raise InvalidRequest("redirect_uri is missing or not registered.") from error
        checked(arrived.asked(client, self._knowledge))
        with self._knowledge.store.write() as tx:
            handle = tx.pushed_requests.put(client.id, arrived.to_dict(), LIFETIME)
        return f"{REQUEST_URI}{handle}"

    def _opened(self, sent: Parameters, client: Client) -> Arrived:
        """Open what was sent; nothing that was pushed is pushed again (section 2.1)."""
        parameters = Parameters({**sent.values, "client_id": [client.id]})
        if parameters["request_uri"]:
            raise InvalidRequest("request_uri must not be pushed.")
        arrived = replace(self._arrivals.signed(parameters, client), pushed=True)
        if arrived.refused:
            raise arrived.refused
        return arrived

    def _bound(self, arrived: Arrived, headers: Headers) -> Arrived:
        """Bind the code to the key of a proof, as `dpop_jkt` does (RFC 9449, section 10.1)."""
        jkt = self._proofs.bound_to(headers, PATH, arrived.parameters["dpop_jkt"] or None)
        if not jkt:
            return arrived
        bound = Parameters({**arrived.parameters.values, "dpop_jkt": [jkt]})
        return replace(arrived, parameters=bound)


class PushedAuthorizationRequestEndpoint(ClientEndpoint):
    """Keeps a request until the browser brings its `request_uri` (section 2)."""

    ENDPOINT_NAME = "pushed_authorization_request"
    STATUS = 201
    UNREAD = PROOFS

    def __init__(self, pushing: Pushing) -> None:
        super().__init__()
        self._pushing = pushing

    def acknowledged(self, client: Client, parameters: Parameters) -> dict[str, Any]:
        """Answer with the `request_uri` (section 2.2)."""
        request_uri = self._pushing.push(parameters, client, current_request.headers)
        return {"request_uri": request_uri, "expires_in": int(LIFETIME.total_seconds())}


def metadata(base: str) -> Mapping[str, Any]:
    """Return what discovery says of it (section 5)."""
    return {"pushed_authorization_request_endpoint": f"{base}{PATH}"}
