"""What somebody writes who has the database and nothing else: they hide nothing by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from contracts.errors import Tampered
from store import Store
from store.models import checkpoints
from store.trail import report as told
from tests.fakes.clock import FakeClock
from tests.store.trail.conftest import Look, rows

MONTH = timedelta(days=30)


def written(store: Store, number: int, assignment: str) -> None:
    """Assign by hand; SQLite takes anything for anything."""
    with store.database.write() as connection:
        statement = f"UPDATE audit SET {assignment} WHERE id = {number}"
        connection.execute(text(statement))


def test_nobody_hurries_what_is_kept_by_another_time_of_a_checkpoint(
    trail: Store, clock: FakeClock
) -> None:
    with trail.database.write() as connection:
        connection.execute(checkpoints.update().values(at=clock.now() - 2 * MONTH))
    with pytest.raises(Tampered, match="checkpoint 2"), trail.write() as tx:
        tx.checkpoints.prune(clock.now() - MONTH)
    assert len(rows(trail)) == 14


def test_nor_by_an_older_checkpoint_in_its_place(trail: Store, clock: FakeClock) -> None:
    clock.advance(2 * MONTH)
    with trail.read() as tx:
        signed = tx.checkpoints.numbered([1])[1]
    with trail.database.write() as connection:
        second = checkpoints.c.number == 2
        connection.execute(checkpoints.update().where(second).values(signed=signed))
    with pytest.raises(Tampered, match="checkpoint 2"), trail.write() as tx:
        tx.checkpoints.prune(clock.now() - MONTH)
    assert len(rows(trail)) == 14


def test_an_entry_whose_time_is_none(trail: Store, look: Look) -> None:
    number = rows(trail)[5].id
    written(trail, number, f"at = {2**62}")
    report = look()
    assert report.first
    assert (report.first.why, report.first.number, report.first.at) == (told.ALTERED, number, None)


@pytest.mark.parametrize(
    "assignment",
    ["facts = '{'", "at = 'x'", "at = 9e30", "seq = 'x'", "checkpoint = 'x'", "hash = x'00'"],
)
def test_an_entry_that_holds_what_no_column_is_for(
    trail: Store, look: Look, assignment: str
) -> None:
    if not trail.database.is_sqlite:
        pytest.skip("PostgreSQL takes no such values")
    entry = rows(trail)[5]
    written(trail, entry.id, assignment)
    report = look()
    assert report.first
    assert report.first.number in {entry.id, entry.id + 1}


def test_a_checkpoint_that_is_no_text(trail: Store, look: Look) -> None:
    if not trail.database.is_sqlite:
        pytest.skip("PostgreSQL takes no such values")
    with trail.database.write() as connection:
        connection.execute(
            text("UPDATE checkpoints SET signed = x'00', at = 9e30 WHERE number = 2")
        )
    report = look()
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.UNSIGNED, 2)
