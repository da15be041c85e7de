"""How a request is named so that its client, and no other, can speak of it outside the browser."""

from __future__ import annotations

from hashlib import sha256


def by_state(state: str | None) -> str:
    """Name it by the `state` that its client gave it; empty where there is none.

    Whoever reads the name does not learn the `state`.
    """
    return f"state {sha256(state.encode()).hexdigest()}" if state else ""


def by_auth_req_id(id: str) -> str:
    """Name it by the id under which a backchannel request is kept."""
    return f"auth_req_id {id}"
