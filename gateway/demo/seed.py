"""What the demo starts with: three people, three clients and a tool server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.clock import Clock
from contracts.factor import Factor
from gateway import people, resources
from gateway.clients import Registration, register
from gateway.demo.memory import Memory
from gateway.people import Person
from store import Store

TOOLS = resources.Registration(
    uri="http://localhost:8090/mcp", name="Notes", scope="notes:read notes:write", open=True
)
"""The tool server of `examples/mcp`, where its page says to start it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three parts of the demo are."""

    issuer: str
    chatbot: str
    outbox: str

    @classmethod
    def beginning_at(cls, port: int) -> Addresses:
        """Return the addresses of a demo on `port` and the two ports behind it."""
        return cls(*(f"http://localhost:{port + offset}" for offset in range(3)))


@dataclass(frozen=True, slots=True)
class Seeding:
    """Adds what is missing; what an earlier run has added keeps its secrets."""

    store: Store
    factors: Mapping[str, Factor]
    clock: Clock
    memory: Memory

    def people(self) -> list[dict[str, str]]:
        """Add the people; return what a script needs to log in as one."""
        return [self._person(person) for person in folk(self.memory)]

    def clients(self, addresses: Addresses) -> list[dict[str, Any]]:
        """Add the clients and what they ask for; return what a script needs to be one."""
        with self.store.read() as tx:
            missing = tx.resources.get(TOOLS.uri) is None
        if missing:
            resources.register(self.store, self.clock, TOOLS)
        return [self._client(wanted) for wanted in registrations(addresses)]

    def _person(self, person: Person) -> dict[str, str]:
        with self.store.read() as tx:
            missing = tx.accounts.find(person.username) is None
        if missing:
            prepared = people.prepare(person, self.factors)
            with self.store.write() as tx:
                people.add(tx, prepared)
        return person.model_dump(include={"username", "password", "totp_secret"}, exclude_none=True)

    def _client(self, wanted: Registration) -> dict[str, Any]:
        secret = None if wanted.public else self.memory.client_secret
        with self.store.write() as tx:
            held = tx.clients.get(wanted.client_id)
            uris, metadata = tuple(wanted.redirect_uris), wanted.metadata
            if held is not None and (held.redirect_uris, held.metadata) != (uris, metadata):
                tx.clients.remove(held.id)
                tx.clients.add(replace(held, redirect_uris=uris, metadata=metadata))
        if held is None:
            register(self.store, self.clock, wanted, secret)
        return {
            "client_id": wanted.client_id,
            "client_secret": secret,
            "redirect_uris": list(wanted.redirect_uris),
        }


def folk(memory: Memory) -> tuple[Person, ...]:
    """Alice has an authenticator app, Bob gets codes by e-mail, Carol adds something on the way."""
    return (
        Person(
            username="alice", password=memory.passwords["alice"], totp_secret=memory.totp_secret
        ),
        Person(username="bob", password=memory.passwords["bob"], email="bob@example.org"),
        Person(username="carol", password=memory.passwords["carol"]),
    )


def registrations(addresses: Addresses) -> tuple[Registration, ...]:
    """The chatbot is content with a password for small talk; a script has no secret to keep.

    The agent of `examples/mcp` has none either; its tools ask for more where they need it.
    """
    return _chatbot(addresses), _SCRIPT, _AGENT


def _chatbot(addresses: Addresses) -> Registration:
    return Registration(
        client_id="chatbot",
        name="Demo chatbot",
        redirect_uris=[f"{addresses.chatbot}/callback"],
        post_logout_redirect_uris=[f"{addresses.chatbot}/"],
        backchannel_logout_uri=f"{addresses.chatbot}/backchannel-logout",
        authorization_details_types=["message"],
        require_acr="aal1",
        access_token_seconds=300,
    )


_SCRIPT = Registration(
    client_id="cli-public",
    name="Demo script",
    redirect_uris=["http://127.0.0.1/callback"],
    public=True,
    native=True,
    require_acr="aal1",
    access_token_seconds=300,
)
_AGENT = Registration(
    client_id="notes-agent",
    name="Demo agent",
    redirect_uris=["http://localhost/callback"],
    public=True,
    native=True,
    require_acr="aal1",
    access_token_seconds=300,
    scope=f"openid offline_access {TOOLS.scope}",
    resources=[TOOLS.uri],
)
