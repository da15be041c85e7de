"""Checkpoints: what was written since the last one is numbered, and signed with all before it.

Two that are made at once get the same number, which only one of them keeps; the other is rolled
back. A checkpoint that is anchored outside the database tells that nothing before it was cut off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from contracts.errors import Tampered
from store.models import EPOCH, MICROSECOND, audit, checkpoints
from store.signer import Seals, Signer
from store.work import Work

TYPE = "audit-checkpoint+jwt"
MOST = 10_000
"""Entries of one checkpoint: so much is held in memory, and removed at a time."""

Heads = Mapping[str, tuple[int, str]]

_STORED = select(checkpoints.c.number, checkpoints.c.signed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed: `chains` are the ends of those that grew, `entries` the hash of its own.

    `pruned`: the entries of all checkpoints up to this number were removed in their time.
    """

    number: int
    at: datetime
    prev: str
    count: int
    entries: str
    chains: Heads
    pruned: int
    signed: str


class Checkpoints:
    """Makes checkpoints, reads them, and removes the entries of old ones."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def make(self) -> Checkpoint | None:
        """Sign what is not signed yet, or the first of it; None where nothing is.

        Raises Conflict where somebody else makes the same one.
        """
        return self._make(self.newest(), None)

    def newest(self) -> Checkpoint | None:
        """Return the last one. Raises Tampered where it is not signed by this house."""
        return self._genuine(_STORED)

    def last_number(self) -> int:
        """Return the number of the last one, 0 where there is none."""
        return self._work.connection.scalar(select(func.max(checkpoints.c.number))) or 0

    def signed(self, after: int, limit: int) -> Mapping[int, str]:
        """Return some as they are stored, by number and after this one."""
        query = _STORED.where(checkpoints.c.number > after)
        return self._kept(query.order_by(checkpoints.c.number).limit(limit))

    def numbered(self, numbers: Collection[int]) -> Mapping[int, str]:
        """Return these as they are stored, by number."""
        return self._kept(_STORED.where(checkpoints.c.number.in_(numbers)))

    def waiting(self) -> int:
        """Return how many entries are in no checkpoint yet."""
        query = select(func.count()).where(audit.c.checkpoint.is_(None))
        return self._work.connection.execute(query).scalar_one()

    def prunable(self, before: datetime) -> int:
        """Return how many entries `prune` would remove, called until there is none."""
        query = select(func.count()).where(audit.c.checkpoint <= self._last(before))
        return self._work.connection.execute(query).scalar_one()

    def prune(self, before: datetime) -> int:
        """Remove some entries of checkpoints made before then, and sign that; return how many."""
        number = self._some(self._last(before))
        old = audit.delete().where(audit.c.checkpoint <= number)
        removed = self._work.connection.execute(old).rowcount
        if removed:
            self._make(self.newest(), number)
        return removed

    def _some(self, last: int) -> int:
        """Return the checkpoint, `last` at the latest, up to which there are not too many."""
        old = select(audit.c.checkpoint).where(audit.c.checkpoint <= last)
        beyond = old.order_by(audit.c.checkpoint).offset(MOST).limit(1)
        too_far = self._work.connection.scalar(beyond)
        return last if too_far is None else too_far - 1

    def _last(self, before: datetime) -> int:
        """Return the last checkpoint that was made before a time; not the newest of all.

        Raises Tampered where what was signed does not say so: nobody hurries what is kept.
        """
        newest = select(func.max(checkpoints.c.number)).scalar_subquery()
        old = checkpoints.c.at < before, checkpoints.c.number < newest
        last = self._genuine(_STORED.where(*old))
        if last is not None and last.at >= before:
            raise Tampered(detail=f"checkpoint {last.number} has another time")
        return last.number if last else 0

    def _genuine(self, among: Select[tuple[int, str]]) -> Checkpoint | None:
        """Return the last of some. Raises Tampered where it is not what was signed."""
        last = among.order_by(checkpoints.c.number.desc()).limit(1)
        for number, signed in self._kept(last).items():
            found = opened(signed, Signer(self._work.vault))
            if found is None or found.number != number:
                raise Tampered(detail=f"checkpoint {number} is not ours: gatehouse audit verify")
            return found
        return None

    def _kept(self, query: Select[tuple[int, str]]) -> Mapping[int, str]:
        """Return checkpoints as text, whatever was put in their place."""
        rows = self._work.connection.execute(query)
        return {row.number: str(row.signed) for row in rows}

    def _make(self, last: Checkpoint | None, pruned: int | None) -> Checkpoint | None:
        number = last.number + 1 if last else 1
        rows = self._numbered(number)
        if not rows and pruned is None:
            return None
        before = last.pruned if last else 0
        payload = {
            "n": number,
            "at": (self._work.now() - EPOCH) // MICROSECOND,
            "prev": fingerprint(last.signed) if last else "",
            "count": len(rows),
            "entries": listed(rows),
            "chains": ends(rows),
            "pruned": before if pruned is None else pruned,
        }
        signed = Signer(self._work.vault).sign(payload, TYPE)
        row = {"number": number, "at": self._work.now(), "signed": signed}
        self._work.connection.execute(checkpoints.insert(), row)
        return _read(payload, signed)

    def _numbered(self, number: int) -> Sequence[Row[Any]]:
        unsigned = audit.c.checkpoint.is_(None)
        first = select(audit.c.id).where(unsigned).order_by(audit.c.id).limit(MOST)
        statement = (
            audit.update()
            .where(audit.c.id.in_(first), unsigned)
            .values(checkpoint=number)
            .returning(audit.c.id, audit.c.writer, audit.c.seq, audit.c.hash)
        )
        rows = self._work.connection.execute(statement).all()
        return sorted(rows, key=lambda row: row.id)


def opened(signed: str, seals: Seals) -> Checkpoint | None:
    """Return a checkpoint that was signed; None where it was not."""
    payload = seals.open(signed, TYPE)
    return None if payload is None else _read(payload, signed)


def fingerprint(signed: str) -> str:
    """Return what the next checkpoint calls one by: its SHA-256."""
    return hashlib.sha256(signed.encode()).hexdigest()


def listed(rows: Iterable[Row[Any]]) -> str:
    """Return the hash of a list of entries: which number each has, and its place and hash."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(line(row))
    return whole.hexdigest()


def line(row: Row[Any]) -> bytes:
    """Return what a checkpoint signs of an entry."""
    return f"{row.id} {row.writer} {row.seq} {row.hash}\n".encode()


def ends(rows: Iterable[Row[Any]]) -> Heads:
    """Return where each chain ends among entries."""
    found: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row.seq > found.get(row.writer, (0, ""))[0]:
            found[row.writer] = (row.seq, row.hash)
    return found


def _read(payload: Mapping[str, Any], signed: str) -> Checkpoint:
    return Checkpoint(
        number=payload["n"],
        at=EPOCH + payload["at"] * MICROSECOND,
        prev=payload["prev"],
        count=payload["count"],
        entries=payload["entries"],
        chains={writer: (seq, tip) for writer, (seq, tip) in payload["chains"].items()},
        pruned=payload["pruned"],
        signed=signed,
    )
