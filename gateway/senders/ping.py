"""Pings: a client hears that a person has decided (CIBA Core 1.0, section 10.2)."""

from __future__ import annotations

import json

from contracts.errors import BadRequest, Unavailable
from gateway.senders.caller import Caller
from store import Store


class PingSender:
    """Calls the notification endpoint of a client with the token that the client gave for it."""

    def __init__(self, store: Store, caller: Caller) -> None:
        self._store = store
        self._caller = caller

    def send(self, client_id: str, auth_req_id: str, client_notification_token: str) -> None:
        """Ping a client; nobody where it is gone or has no such endpoint any more.

        Raises BadRequest where it refuses (4xx), and Unavailable where it may answer yet.
        """
        with self._store.read() as tx:
            client = tx.clients.get(client_id)
        url = client.metadata.backchannel_client_notification_endpoint if client else ""
        if client is None or not url:
            return
        content = json.dumps({"auth_req_id": auth_req_id}).encode()
        bearer = f"Bearer {client_notification_token}"
        fields = {"Content-Type": "application/json", "Authorization": bearer}
        status = self._caller.post(client, url, content, fields)
        if 400 <= status < 500:
            raise BadRequest(detail=f"{client_id} refused the ping: {status}")
        if not 200 <= status < 300:
            raise Unavailable(detail=f"{client_id} answered {status}")
