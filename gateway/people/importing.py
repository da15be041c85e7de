"""Importing many people: in batches, each whole or not at all, so that it can be run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from contracts.errors import BadRequest, GatehouseError
from contracts.factor import Factor
from contracts.text import Text
from gateway.people.person import TAKEN, Prepared, Taken, add, prepare, read
from gateway.people.reading import Record
from store import Store, Transaction
from store.handles import new_id

BATCH = 200
"""People of one transaction: whoever else writes waits for so long."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was not imported, and why."""

    line: int
    username: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A line whose person can be added, under the id of their account."""

    record: Record
    account_id: str
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some lines."""

    imported: int
    skipped: Sequence[Skipped]


class Importer:
    """Adds the people of a list."""

    def __init__(self, store: Store, factors: Mapping[str, Factor]) -> None:
        self._store = store
        self._factors = factors

    def each(self, records: Iterable[Record]) -> Iterator[Outcome]:
        """Add whoever can be added, batch by batch; whoever is there already is skipped."""
        source = iter(records)
        while batch := list(islice(source, BATCH)):
            found = list(self._read(batch))
            ready = [each for each in found if isinstance(each, Ready)]
            skipped = [each for each in found if isinstance(each, Skipped)]
            late = self._add(ready)
            yield Outcome(len(ready) - len(late), [*skipped, *late])

    def all(self, records: Iterable[Record]) -> int:
        """Add everybody or, where a single line is wrong, nobody. Raises BadRequest naming it."""
        ready = []
        for each in self._read(list(records)):
            if isinstance(each, Skipped):
                raise _refused(each)
            ready.append(each)
        self._add(ready, whole=True)
        return len(ready)

    def _read(self, records: Sequence[Record]) -> Iterator[Ready | Skipped]:
        """Look first who is there already, before anything slow is done for them."""
        with self._store.read() as tx:
            there = {record.line for record in records if tx.accounts.find(record.username)}
        for record in records:
            yield _skipped(record, TAKEN) if record.line in there else self._ready(record)

    def _ready(self, record: Record) -> Ready | Skipped:
        if record.problem:
            return Skipped(record.line, record.username, record.problem)
        try:
            return Ready(record, new_id(), prepare(read(record.fields), self._factors))
        except GatehouseError as error:
            return _skipped(record, error.public)

    def _add(self, ready: Sequence[Ready], *, whole: bool = False) -> Sequence[Skipped]:
        """Add them in one transaction; return those whose name somebody has by now."""
        self._store.keystore.make_keys([each.account_id for each in ready])
        with self._store.write() as tx:
            late = [_skipped(each.record, TAKEN) for each in ready if not _added(tx, each)]
            if whole and late:
                raise _refused(late[0])
        return late


def _added(tx: Transaction, ready: Ready) -> bool:
    """Add a person; False where somebody has the name by now."""
    try:
        add(tx, ready.prepared, ready.account_id)
    except Taken:
        return False
    return True


def _skipped(record: Record, why: Text) -> Skipped:
    return Skipped(record.line, record.username, str(why).rstrip("."))


def _refused(skipped: Skipped) -> BadRequest:
    values: dict[str, str | int] = {"number": skipped.line, "why": skipped.reason.rstrip(".")}
    return BadRequest(Text("Line %(number)d: %(why)s. Nothing was imported.", values))
