"""Telling a client that a person has decided (CIBA Core 1.0, section 10.2)."""

from __future__ import annotations

from datetime import timedelta

from gateway.oidc.backchannel.request import AuthenticationRequest
from store import Client, Transaction
from store.backchannel_requests import PING


def ping(
    tx: Transaction, client: Client, request: AuthenticationRequest, lifetime: timedelta
) -> None:
    """Have the worker call a client in ping mode, as long as there is something to fetch."""
    if request.auth_req_id:
        payload = {
            "client_id": client.id,
            "auth_req_id": request.auth_req_id,
            "client_notification_token": request.client_notification_token,
        }
        tx.outbox.put(PING, payload, lifetime)
