"""Pushed authorization requests (RFC 9126), until they are used; what they say is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from store import once
from store.handles import new_handle
from store.models import pushed_requests
from store.work import Work


class PushedRequests:
    """Keeps requests under the keyed hash of their handle; each is taken once, by its client."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, client_id: str, request: Mapping[str, Any], lifetime: timedelta) -> str:
        """Remember a request and return its handle."""
        handle, now = new_handle(), self._work.now()
        hashed = self._hash(handle)
        row = {
            "uri_hash": hashed,
            "client_id": client_id,
            "request": self._work.vault.seal_json(_context(hashed), request),
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(pushed_requests.insert(), row)
        return handle

    def take(self, handle: str, client_id: str) -> dict[str, Any] | None:
        """Return and forget this client's request; None for all callers but one."""
        row = once.take(
            self._work.connection,
            pushed_requests,
            pushed_requests.c.uri_hash == self._hash(handle),
            pushed_requests.c.client_id == client_id,
            pushed_requests.c.expires_at > self._work.now(),
        )
        if row is None:
            return None
        request = self._work.vault.unseal_json(_context(row.uri_hash), row.request)
        return request

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("request_uri", handle)


def _context(uri_hash: str) -> str:
    return f"pushed_request|{uri_hash}"
