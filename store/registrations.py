"""How clients come to be known without an operator (RFC 7591, RFC 7592)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from store import once
from store.handles import new_handle
from store.models import initial_access_tokens, registrations
from store.work import Work


class InitialAccessTokens:
    """Keeps the tokens that let clients register, under their keyed hash."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def issue(self, uses: int, lifetime: timedelta) -> str:
        """Issue a token for so many registrations."""
        token, now = new_handle(), self._work.now()
        row = {
            "token_hash": self._hash(token),
            "uses_left": uses,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(initial_access_tokens.insert(), row)
        return token

    def stands(self, token: str) -> bool:
        """Tell whether a use is left."""
        query = select(initial_access_tokens.c.uses_left).where(*self._usable(token))
        return self._work.connection.execute(query).first() is not None

    def spend(self, token: str) -> bool:
        """Count one use; False where none is left."""
        uses = initial_access_tokens.c.uses_left
        usable = self._usable(token)
        change = {uses: uses - 1}
        connection = self._work.connection
        return once.change(connection, initial_access_tokens, change, *usable) is not None

    def _usable(self, token: str) -> tuple[ColumnElement[bool], ...]:
        held = initial_access_tokens.c
        return (
            held.token_hash == self._hash(token),
            held.uses_left > 0,
            held.expires_at > self._work.now(),
        )

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("initial access", token)


class Registrations:
    """Keeps what lets a client change itself, and when its document is to be fetched again."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, client_id: str) -> str:
        """Give a new client its registration access token."""
        token = new_handle()
        self._put(client_id, token_hash=self._hash(token))
        return token

    def holds(self, client_id: str, token: str) -> bool:
        """Tell whether this is the client's own registration access token."""
        query = select(registrations.c.client_id).where(
            registrations.c.client_id == client_id,
            registrations.c.token_hash == self._hash(token),
        )
        return self._work.connection.execute(query).first() is not None

    def fetched(self, client_id: str, refresh_at: datetime) -> None:
        """Note when the document of a client is to be fetched again."""
        self._put(client_id, refresh_at=refresh_at)

    def refresh_at(self, client_id: str) -> datetime | None:
        """Return when the document of a client is to be fetched again."""
        query = select(registrations.c.refresh_at).where(registrations.c.client_id == client_id)
        found: datetime | None = self._work.connection.execute(query).scalar_one_or_none()
        return found

    def _put(self, client_id: str, **values: str | datetime) -> None:
        row = {"client_id": client_id, "created_at": self._work.now(), **values}
        statement = once.insert(self._work.connection.dialect.name, registrations).values(row)
        self._work.connection.execute(
            statement.on_conflict_do_update(index_elements=["client_id"], set_=values)
        )

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("registration access", token)
