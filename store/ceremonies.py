"""What the server remembers between a question and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from store import once
from store.handles import new_handle
from store.models import EPOCH, ceremonies
from store.work import Work


class Purpose(StrEnum):
    """What an answer will do."""

    ENROLL = "enroll"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One open question of one owner; `put` says when it expires."""

    account_id: str | None
    owner: str = field(repr=False)
    factor: str
    purpose: Purpose
    credential_id: str | None
    secret: bytes = field(repr=False)
    step: int
    tries: int
    expires_at: datetime = EPOCH


class Ceremonies:
    """Keeps ceremonies; each is taken once, by its owner."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, ceremony: Ceremony, lifetime: timedelta, handle: str = "") -> str:
        """Remember a ceremony and return its handle: the one of before, where it had one."""
        handle = handle or new_handle()
        row = self._row(ceremony, self._hash(handle), self._work.now() + lifetime)
        self._work.connection.execute(ceremonies.insert(), row)
        return handle

    def take(self, handle: str, owner: str) -> Ceremony | None:
        """Return and forget the owner's ceremony; None where unknown, spent, foreign or expired."""
        row = once.take(self._work.connection, ceremonies, *self._is(handle, owner))
        return None if row is None else self._ceremony(row, owner)

    def stands(self, handle: str, owner: str) -> bool:
        """Tell whether `take` would return one."""
        query = select(ceremonies.c.handle_hash).where(*self._is(handle, owner))
        return self._work.connection.execute(query).first() is not None

    def take_like(self, ceremony: Ceremony) -> Sequence[Ceremony]:
        """Return and forget what its owner has begun of the same kind, the newest first."""
        alike = (
            ceremonies.c.account_id == ceremony.account_id,
            ceremonies.c.owner_hash == self._owner_hash(ceremony.owner),
            ceremonies.c.factor == ceremony.factor,
            ceremonies.c.purpose == ceremony.purpose.value,
            ceremonies.c.credential_id == ceremony.credential_id,
            ceremonies.c.expires_at > self._work.now(),
        )
        statement = ceremonies.delete().where(*alike).returning(*ceremonies.c)
        rows = sorted(self._work.connection.execute(statement), key=_end, reverse=True)
        return [self._ceremony(row, ceremony.owner) for row in rows]

    def forget(self, account_id: str, factor: str) -> None:
        """Forget whatever an account has begun with a factor, and what was remembered of it."""
        mine = (ceremonies.c.account_id == account_id) & (ceremonies.c.factor == factor)
        self._work.connection.execute(ceremonies.delete().where(mine))

    def _is(self, handle: str, owner: str) -> tuple[ColumnElement[bool], ...]:
        return (
            ceremonies.c.handle_hash == self._hash(handle),
            ceremonies.c.owner_hash == self._owner_hash(owner),
            ceremonies.c.expires_at > self._work.now(),
        )

    def _row(self, ceremony: Ceremony, handle_hash: str, expires_at: datetime) -> dict[str, Any]:
        return {
            "handle_hash": handle_hash,
            "account_id": ceremony.account_id,
            "owner_hash": self._owner_hash(ceremony.owner),
            "factor": ceremony.factor,
            "purpose": ceremony.purpose.value,
            "credential_id": ceremony.credential_id,
            "secret": self._work.vault.seal(_context(handle_hash), ceremony.secret),
            "step": ceremony.step,
            "tries": ceremony.tries,
            "expires_at": expires_at,
        }

    def _ceremony(self, row: Row[Any], owner: str) -> Ceremony:
        return Ceremony(
            account_id=row.account_id,
            owner=owner,
            factor=row.factor,
            purpose=Purpose(row.purpose),
            credential_id=row.credential_id,
            secret=self._work.vault.unseal(_context(row.handle_hash), row.secret),
            step=row.step,
            tries=row.tries,
            expires_at=row.expires_at,
        )

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("ceremony", handle)

    def _owner_hash(self, owner: str) -> str:
        return self._work.vault.digest("ceremony owner", owner)


def _end(row: Row[Any]) -> datetime:
    end: datetime = row.expires_at
    return end


def _context(handle_hash: str) -> str:
    return f"ceremonies|{handle_hash}"
