"""A real gateway for clients of others, with people and clients added as an operator does."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp

from contracts.clock import SystemClock
from contracts.factor import Factor
from gateway import people
from gateway.clients import Registration, register
from gateway.opening import make_factors, open_store
from gateway.people import Person
from gateway.settings import Settings
from store import Store
from store.clients import Client
from tests.gateway.operations import running

NOWHERE = "https://client.example/callback"
"""Where clients that are driven by a test have people sent back to; nobody ever goes there."""


@dataclass(frozen=True)
class Gateway:
    """A gateway that is being served, and its store."""

    issuer: str
    store: Store
    factors: dict[str, Factor]

    def client(self, *redirect_uris: str, **more: Any) -> tuple[Client, str | None]:
        """Register a client that asks for consent; return it with its secret."""
        wanted = Registration(
            client_id=f"client-{secrets.token_hex(4)}",
            redirect_uris=redirect_uris or [NOWHERE],
            **{"access_token_seconds": 300} | more,
        )
        return register(self.store, SystemClock(), wanted)

    def person(self) -> Person:
        """Add a person with a password and an authenticator app."""
        person = Person(
            username=f"person-{secrets.token_hex(4)}",
            password=secrets.token_urlsafe(12),
            totp_secret=pyotp.random_base32(32),
        )
        prepared = people.prepare(person, self.factors)
        with self.store.write() as tx:
            people.add(tx, prepared)
        return person


@contextmanager
def serving(data: Path, path: str = "", **more: str) -> Iterator[Gateway]:
    """Serve a gateway with nothing in it, on SQLite, under a path of its host."""
    with running.serving(data, path, **more) as (port, process):
        issuer = f"http://localhost:{port}{path}"
        settings = Settings(env="test", data=data, issuer=issuer)  # type: ignore[call-arg]
        clock = SystemClock()
        store = open_store(settings, clock)
        yield Gateway(issuer, store, make_factors(settings, store, clock))
        store.close()
    assert process.returncode == 0
