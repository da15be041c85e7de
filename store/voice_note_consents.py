"""Which clients may hand on voice messages of whom, as these people said it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from store.handles import new_id
from store.models import clients
from store.models import voice_note_consents as rows
from store.work import Work


@dataclass(frozen=True, slots=True)
class VoiceNoteConsent:
    """One consent, to which version of the words and when; it stands until it is withdrawn."""

    client_id: str
    client_name: str
    version: int
    given_at: datetime
    withdrawn_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.withdrawn_at is None


class VoiceNoteConsents:
    """Keeps every consent as a record, those too that no longer stand."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def stands(self, account_id: str, client_id: str, version: int) -> bool:
        """Tell whether somebody agrees to this version for a client."""
        query = select(rows.c.id).where(_standing(account_id, client_id), rows.c.version == version)
        return self._work.connection.execute(query.limit(1)).first() is not None

    def give(self, account_id: str, client_id: str, version: int) -> None:
        """Write a consent down; one to another version ends with it."""
        self.withdraw(account_id, client_id)
        given = {"account_id": account_id, "client_id": client_id, "version": version}
        row = {"id": new_id(), "given_at": self._work.now(), **given}
        self._work.connection.execute(rows.insert(), row)

    def withdraw(self, account_id: str, client_id: str) -> bool:
        """End what stands; False where nothing did."""
        statement = rows.update().where(_standing(account_id, client_id))
        ended = self._work.connection.execute(statement.values(withdrawn_at=self._work.now()))
        return ended.rowcount > 0

    def withdraw_all(self) -> None:
        """End whatever stands: after a backup, it may have been withdrawn since."""
        statement = rows.update().where(rows.c.withdrawn_at.is_(None))
        self._work.connection.execute(statement.values(withdrawn_at=self._work.now()))

    def list(self, account_id: str) -> Sequence[VoiceNoteConsent]:
        """Return every consent of a person, the oldest first."""
        of = (rows.c.client_id, clients.c.name, rows.c.version, rows.c.given_at)
        joined = select(*of, rows.c.withdrawn_at).join_from(rows, clients)
        query = joined.where(rows.c.account_id == account_id).order_by(rows.c.given_at, rows.c.id)
        return [VoiceNoteConsent(*row) for row in self._work.connection.execute(query)]


def _standing(account_id: str, client_id: str) -> ColumnElement[bool]:
    of = and_(rows.c.account_id == account_id, rows.c.client_id == client_id)
    return and_(of, rows.c.withdrawn_at.is_(None))
