"""Challenges that are answered in a chat: of one login, for its client alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from store import once
from store.logins import Login
from store.models import is_active, voice_notes
from store.work import Work


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """A challenge, and what became of it, as it was read, at one version.

    `id` is the keyed hash of the client's id and of how it names the request.
    """

    id: str = field(repr=False)
    account_id: str
    client_id: str
    login_hash: str = field(repr=False)
    state: Mapping[str, Any] = field(repr=False)
    version: int
    created_at: datetime


class VoiceNotes:
    """Keeps them, sealed; they change by compare-and-swap."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, login: Login, state: Mapping[str, Any], lifetime: timedelta) -> None:
        """Remember the challenge of a login, in the place of an older one of that request."""
        requirement, now = login.requirement, self._work.now()
        id = self._hash(requirement.client_id, requirement.transaction)
        kept = {
            **{"account_id": login.account_id, "client_id": requirement.client_id},
            **{"login_hash": login.handle_hash, "state": self._seal(id, state), "version": 1},
            **{"created_at": now, "expires_at": now + lifetime},
        }
        insert = once.insert(self._work.connection.dialect.name, voice_notes)
        statement = insert.values(transaction_hash=id, **kept)
        self._work.connection.execute(
            statement.on_conflict_do_update(index_elements=["transaction_hash"], set_=kept)
        )

    def of(self, login: Login) -> VoiceNote | None:
        """Return the challenge of a login."""
        return self._find(voice_notes.c.login_hash == login.handle_hash)

    def named(self, client_id: str, transaction: str) -> VoiceNote | None:
        """Return the challenge of a request, as its client names it."""
        return self._find(voice_notes.c.transaction_hash == self._hash(client_id, transaction))

    def get(self, id: str) -> VoiceNote | None:
        """Return the challenge of this id."""
        return self._find(voice_notes.c.transaction_hash == id)

    def change(self, note: VoiceNote, state: Mapping[str, Any]) -> bool:
        """Write what became of it, if nobody else has written since it was read."""
        values = {"state": self._seal(note.id, state), "version": note.version + 1}
        return once.change(self._work.connection, voice_notes, values, *_is(note)) is not None

    def take(self, note: VoiceNote) -> bool:
        """Forget it; True for one caller alone, and only at the version that was read."""
        return once.take(self._work.connection, voice_notes, *_is(note)) is not None

    def forget(self, account_id: str, client_id: str) -> None:
        """Forget whatever a person would have answered by a client."""
        mine = (voice_notes.c.account_id == account_id) & (voice_notes.c.client_id == client_id)
        self._work.connection.execute(voice_notes.delete().where(mine))

    def forget_all(self, account_id: str) -> None:
        """Forget all there is of a person."""
        mine = voice_notes.c.account_id == account_id
        self._work.connection.execute(voice_notes.delete().where(mine))

    def _find(self, which: ColumnElement[bool]) -> VoiceNote | None:
        query = select(voice_notes).where(
            which,
            voice_notes.c.expires_at > self._work.now(),
            is_active(voice_notes.c.account_id),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def _open(self, row: Row[Any]) -> VoiceNote:
        return VoiceNote(
            id=row.transaction_hash,
            account_id=row.account_id,
            client_id=row.client_id,
            login_hash=row.login_hash,
            state=self._work.vault.unseal_json(_context(row.transaction_hash), row.state),
            version=row.version,
            created_at=row.created_at,
        )

    def _seal(self, id: str, state: Mapping[str, Any]) -> bytes:
        return self._work.vault.seal_json(_context(id), state)

    def _hash(self, client_id: str, transaction: str) -> str:
        return self._work.vault.digest("voice note", f"{client_id} {transaction}")


def _is(note: VoiceNote) -> tuple[ColumnElement[bool], ...]:
    of = voice_notes.c
    return (
        *(of.transaction_hash == note.id, of.login_hash == note.login_hash),
        *(of.version == note.version, of.created_at == note.created_at),
    )


def _context(id: str) -> str:
    return f"voice_notes|{id}"
