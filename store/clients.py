"""The chatbots and backends that may ask for tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from contracts.errors import Conflict
from contracts.text import Text
from store import once
from store.client_metadata import ClientMetadata
from store.grants import Grants
from store.holding import holds
from store.models import clients
from store.work import Work

OPERATOR, DYNAMIC, DOCUMENT = "operator", "dynamic", "document"
"""Who registered a client: an operator, the client itself, or the document at its id."""

NOTHING_MORE = ClientMetadata()


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client (RFC 6749, section 2)."""

    id: str
    name: str
    secret_hash: str | None = field(repr=False)
    redirect_uris: tuple[str, ...]
    audience: str
    scope: str
    require_acr: str
    consent: bool
    token_alg: str
    access_token_seconds: int
    created_at: datetime
    source: str = OPERATOR
    metadata: ClientMetadata = NOTHING_MORE
    version: int = 1

    @property
    def auth_method(self) -> str:
        """Return how it authenticates (RFC 7591, section 2)."""
        by_secret = "none" if self.secret_hash is None else "client_secret_basic"
        return self.metadata.token_endpoint_auth_method or by_secret

    @property
    def public(self) -> bool:
        """Tell whether this client has nothing to authenticate with."""
        return self.auth_method == "none"


class Clients:
    """Keeps clients."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, client: Client) -> None:
        """Register a client. Raises Conflict where its id exists."""
        if not once.add(self._work.connection, clients, _row(client)):
            raise Conflict(Text("This client already exists."))

    def put(self, client: Client) -> None:
        """Register a client, or all that changed of one."""
        row = _row(client)
        kept = {name: row[name] for name in row.keys() - {"id", "created_at"}}
        kept["version"] = clients.c.version + 1
        statement = once.insert(self._work.connection.dialect.name, clients).values(row)
        self._work.connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=kept)
        )

    def change(self, client: Client) -> bool:
        """Write all of a client, if nobody has since it was read; False where somebody has."""
        row = {**_row(client), "version": client.version + 1}
        return (
            once.change(
                self._work.connection,
                clients,
                row,
                clients.c.id == client.id,
                clients.c.version == client.version,
            )
            is not None
        )

    def get(self, client_id: str) -> Client | None:
        """Return the client of an id."""
        query = select(clients).where(clients.c.id == client_id)
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else _client(row)

    def remove(self, client_id: str) -> bool:
        """Remove a client with everything granted to it."""
        Grants(self._work).revoke_all(client_id)
        row = once.take(self._work.connection, clients, clients.c.id == client_id)
        return row is not None

    def among(self, ids: Select[tuple[str]]) -> Sequence[Client]:
        """Return the clients whose ids are selected, by name."""
        query = select(clients).where(clients.c.id.in_(ids)).order_by(clients.c.name)
        return [_client(row) for row in self._work.connection.execute(query)]

    def search(self, words: str, *, source: str | None, after: str, limit: int) -> Sequence[Client]:
        """Return so many clients by id, those behind `after` whose id or name holds the words."""
        named = holds(words, self._work.connection, clients.c.id, clients.c.name)
        query = select(clients).where(clients.c.id > after, *([named] if words else []))
        if source is not None:
            query = query.where(clients.c.source == source)
        rows = self._work.connection.execute(query.order_by(clients.c.id).limit(limit))
        return [_client(row) for row in rows]

    def list(self) -> Sequence[Client]:
        """Return every client, by name."""
        rows = self._work.connection.execute(select(clients).order_by(clients.c.name))
        return [_client(row) for row in rows]


def secret_digest(secret: str) -> str:
    """Return the form in which a client secret, long and random, is stored: one SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _row(client: Client) -> dict[str, Any]:
    row = {field.name: getattr(client, field.name) for field in fields(client)}
    held = client.metadata.to_dict()
    return {**row, "redirect_uris": list(client.redirect_uris), "metadata": held}


def _client(row: Row[Any]) -> Client:
    values: dict[str, Any] = {
        **row._mapping,
        "redirect_uris": tuple(row.redirect_uris),
        "metadata": ClientMetadata.from_dict(row.metadata),
    }
    return Client(**values)
