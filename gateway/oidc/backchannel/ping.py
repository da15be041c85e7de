"""Telling a client that a person has decided (CIBA Core 1.0, section 10.2)."""

from __future__ import annotations

from datetime import timedelta

from gateway.oidc.backchannel.checks import pinged
from gateway.oidc.backchannel.request import AuthenticationRequest
from store import Client, Transaction

KIND = "backchannel ping"


def ping(
    tx: Transaction, client: Client, request: AuthenticationRequest, lifetime: timedelta
) -> None:
    """Have the worker call a client in ping mode, as long as there is something to fetch."""
    if not pinged(client) or not request.auth_req_id:
        return
    payload = {
        "url": client.metadata.backchannel_client_notification_endpoint,
        "bearer": request.client_notification_token,
        "json": {"auth_req_id": request.auth_req_id},
    }
    tx.outbox.put(KIND, payload, lifetime)
