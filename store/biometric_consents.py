"""What people agreed to before something of their body was measured, and what they took back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select

from store.handles import new_id
from store.models import biometric_consents as rows
from store.models import credentials
from store.work import Work

BY_LENGTH = 128


@dataclass(frozen=True, slots=True)
class BiometricConsent:
    """One consent: to which version of a factor's words, given when and at which device.

    It stands until it is withdrawn, or the next takes its place.
    """

    id: str
    account_id: str
    factor: str
    version: int
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.withdrawn_at is None


class BiometricConsents:
    """Keeps every consent as a record, those too that no longer stand."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def stands(self, account_id: str, factor: str, version: int) -> bool:
        """Tell whether somebody agrees to this version."""
        query = select(rows.c.id).where(_standing(account_id, factor), rows.c.version == version)
        return self._work.connection.execute(query.limit(1)).first() is not None

    def give(self, account_id: str, factor: str, version: int, by: str) -> None:
        """Write a consent down; one to another version ends with it."""
        self.withdraw(account_id, factor)
        row = {
            "id": new_id(),
            "account_id": account_id,
            "factor": factor,
            "version": version,
            "given_at": self._work.now(),
            "given_by": by[:BY_LENGTH],
        }
        self._work.connection.execute(rows.insert(), row)

    def withdraw(self, account_id: str, factor: str) -> Sequence[int]:
        """End what stands; return which versions that was."""
        statement = rows.update().where(_standing(account_id, factor))
        ended = statement.values(withdrawn_at=self._work.now()).returning(rows.c.version)
        return self._work.connection.scalars(ended).all()

    def withdraw_unused(self) -> None:
        """End whatever stands without a credential: after a backup, it may have been withdrawn."""
        of = (credentials.c.account_id == rows.c.account_id) & (
            credentials.c.factor == rows.c.factor
        )
        unused = rows.c.withdrawn_at.is_(None) & ~exists().where(of)
        statement = rows.update().where(unused).values(withdrawn_at=self._work.now())
        self._work.connection.execute(statement)

    def list(self, account_id: str) -> Sequence[BiometricConsent]:
        """Return every consent of a person, the oldest first."""
        query = select(rows).where(rows.c.account_id == account_id)
        oldest = query.order_by(rows.c.given_at, rows.c.version, rows.c.id)
        found = self._work.connection.execute(oldest)
        return [BiometricConsent(**row._mapping) for row in found]


def _standing(account_id: str, factor: str) -> ColumnElement[bool]:
    of = and_(rows.c.account_id == account_id, rows.c.factor == factor)
    return and_(of, rows.c.withdrawn_at.is_(None))
