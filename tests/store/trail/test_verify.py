"""Whatever is done to the trail behind our back, a look at it names the place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import Tampered
from store import Account, Store
from store.keys_file import Keys
from store.models import accounts, audit, checkpoints
from store.trail import report as told
from store.trail.report import Report
from tests.fakes.clock import FakeClock
from tests.store.trail.conftest import Look, alter, checkpoint, rows

DAY = timedelta(days=1)


def place(report: Report) -> tuple[object, int | None, str]:
    assert report.first
    return report.first.why, report.first.number, report.first.event


def test_a_trail_that_is_whole(trail: Store, look: Look) -> None:
    report = look()
    assert (report.problems, report.first) == (0, None)
    assert (report.entries, report.checkpoints, report.waiting, report.pruned) == (14, 3, 2, 0)


def test_an_empty_trail_is_whole(store: Store, look: Look) -> None:
    assert look() == Report()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "later"),
        ("event", "event.none"),
        ("subject", "b" * 32),
        ("subject", None),
        ("actor", "system:0"),
        ("client_id", "another"),
        ("personal", b"\0" * 40),
        ("personal", None),
        ("acted", b"\0" * 40),
        ("facts", {"grant": "b" * 32}),
        ("facts", None),
        ("hash", "0" * 64),
    ],
)
@pytest.mark.parametrize("index", [0, 5, 13])
def test_an_altered_entry(
    trail: Store, look: Look, clock: FakeClock, index: int, column: str, value: object
) -> None:
    entry = rows(trail)[index]
    if getattr(entry, column) == value:
        value = "c" * 32
    alter(trail, entry.id, **{column: clock.now() + DAY if value == "later" else value})
    report = look()
    assert report.first
    assert (report.first.why, report.first.number, report.first.seq) == (
        told.ALTERED,
        entry.id,
        entry.seq,
    )


@pytest.mark.parametrize(("column", "value"), [("writer", "0" * 16), ("seq", 99)])
def test_an_entry_that_was_moved_to_another_place(
    trail: Store, look: Look, column: str, value: object
) -> None:
    entry = rows(trail)[5]
    alter(trail, entry.id, **{column: value})
    report = look()
    assert report.first
    assert report.first.number in {entry.id, entry.id + 1}


@pytest.mark.parametrize(("column", "value"), [("checkpoint", 1), ("checkpoint", None)])
def test_an_entry_of_another_checkpoint(
    trail: Store, look: Look, column: str, value: object
) -> None:
    entry = rows(trail)[5]
    alter(trail, entry.id, **{column: value})
    report = look()
    assert report.first
    assert report.first.number in {entry.id, entry.id + 1}


def test_a_number_that_was_altered(trail: Store, look: Look) -> None:
    entry = rows(trail)[7]
    alter(trail, entry.id, id=1000)
    report = look()
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.MOVED, 2)


def test_two_numbers_that_were_swapped(trail: Store, look: Look) -> None:
    fifth, sixth = rows(trail)[5:7]
    alter(trail, fifth.id, id=1000)
    alter(trail, sixth.id, id=fifth.id)
    alter(trail, 1000, id=sixth.id)
    report = look()
    assert report.first
    assert report.first.number in {fifth.id, sixth.id}


def test_two_entries_that_were_swapped_whole(trail: Store, look: Look) -> None:
    first, second = rows(trail)[1:3]
    names = [name for name in audit.c.keys() if name not in {"id", "writer", "seq"}]  # noqa: SIM118
    alter(trail, first.id, **{name: getattr(second, name) for name in names})
    alter(trail, second.id, **{name: getattr(first, name) for name in names})
    assert place(look()) == (told.ALTERED, first.id, "event.2")


@pytest.mark.parametrize("index", [0, 5, 10, 12])
def test_an_entry_that_was_deleted(trail: Store, look: Look, index: int) -> None:
    entry, after = rows(trail)[index : index + 2]
    with trail.database.write() as connection:
        connection.execute(audit.delete().where(audit.c.id == entry.id))
    assert place(look()) == (told.MISSING, after.id, after.event)


def test_a_tail_that_was_deleted(trail: Store, look: Look) -> None:
    eleventh = rows(trail)[10].id
    with trail.database.write() as connection:
        connection.execute(audit.delete().where(audit.c.id >= eleventh))
    report = look()
    assert report.first
    assert (report.first.why, report.first.seq, report.first.checkpoint) == (told.CUT, 12, 3)


def test_a_checkpoint_that_was_deleted(trail: Store, look: Look) -> None:
    with trail.database.write() as connection:
        connection.execute(checkpoints.delete().where(checkpoints.c.number == 2))
    report = look()
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.GONE, 2)


def cut(store: Store, number: int) -> None:
    """Delete a checkpoint, its entries and all after it."""
    with store.database.write() as connection:
        connection.execute(checkpoints.delete().where(checkpoints.c.number >= number))
        later = (audit.c.checkpoint >= number) | audit.c.checkpoint.is_(None)
        connection.execute(audit.delete().where(later))


def test_the_newest_checkpoint_deleted_with_its_entries(trail: Store, look: Look) -> None:
    anchors = signed(trail)
    cut(trail, 3)
    assert look().first is None, "nothing in the database can tell"
    report = look(anchors)
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.CUT_OFF, 2)


def signed(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.checkpoints.signed(0, 100).values())


def test_a_cut_trail_that_grew_again(
    trail: Store, look: Look, urls: tuple[str, str], keys: Keys, clock: FakeClock
) -> None:
    anchors = signed(trail)
    cut(trail, 3)
    restarted = Store(database_url=urls[0], keystore_url=urls[1], keys=keys, clock=clock)
    with restarted.write() as tx:
        tx.audit.add("event.later")
    checkpoint(restarted)
    restarted.close()
    report = look(anchors)
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.OTHER, 3)


def test_a_checkpoint_of_a_stranger(trail: Store, look: Look) -> None:
    theirs = signed(trail)[1]
    forged = theirs[:-4] + ("AAAA" if not theirs.endswith("AAAA") else "BBBB")
    with trail.database.write() as connection:
        second = checkpoints.c.number == 2
        connection.execute(checkpoints.update().where(second).values(signed=forged))
    report = look()
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.UNSIGNED, 2)
    with trail.database.write() as connection:
        connection.execute(checkpoints.update().values(signed=forged))
    with pytest.raises(Tampered, match="checkpoint 3"), trail.write() as tx:
        tx.checkpoints.make()


def test_checkpoints_that_were_swapped(trail: Store, look: Look) -> None:
    one, two, _ = signed(trail)
    with trail.database.write() as connection:
        for number, value in ((1, two), (2, one)):
            mine = checkpoints.c.number == number
            connection.execute(checkpoints.update().where(mine).values(signed=value))
    report = look()
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.UNSIGNED, 1)


def test_an_anchor_of_a_stranger(trail: Store, look: Look) -> None:
    assert look(signed(trail)).anchors == 3
    report = look(["e30.e30.AAAA", "nonsense"])
    assert report.problems == 2
    assert report.first
    assert report.first.why == told.FORGED


def test_an_entry_that_was_made_up(trail: Store, look: Look) -> None:
    theirs = dict(rows(trail)[3]._mapping)
    theirs |= {"id": 99, "writer": "f" * 16, "seq": 1, "checkpoint": None}
    with trail.database.write() as connection:
        connection.execute(audit.insert(), theirs)
    assert place(look()) == (told.ALTERED, 99, "event.3")


def test_an_account_that_was_parted_from_its_entries(
    trail: Store, look: Look, jane: Account
) -> None:
    with trail.database.write() as connection:
        mine = accounts.c.id == jane.id
        connection.execute(accounts.update().where(mine).values(pseudonym="b" * 32))
    report = look()
    assert report.first
    assert str(report.first.why) == f"The account {jane.id} was parted from its entries."


def test_an_erasure_leaves_it_whole(trail: Store, look: Look, jane: Account) -> None:
    before = rows(trail)
    trail.keystore.erase(jane.id)
    assert rows(trail) == before
    assert look().first is None
    with trail.read() as tx:
        newest, older, *_ = tx.audit.list(5)
    assert (newest.erased, newest.source, newest.detail) == (True, "", {"grant": "a" * 32})
    assert (older.erased, older.source) == (False, "203.0.113.7")


def test_old_entries_are_removed_and_that_is_signed(
    trail: Store, look: Look, clock: FakeClock
) -> None:
    anchors = signed(trail)
    later = clock.now() + DAY
    clock.advance(2 * DAY)
    checkpoint(trail)
    with trail.write() as tx:
        assert tx.checkpoints.prunable(later) == 12
        assert tx.checkpoints.prune(later) == 12
        assert tx.checkpoints.prune(later) == 0
    with trail.write() as tx:
        tx.audit.add("event.later")
    report = look([*anchors, *signed(trail)])
    assert (report.first, report.entries, report.pruned) == (None, 3, 3)
    with trail.database.write() as connection:
        connection.execute(audit.delete().where(audit.c.checkpoint == 4))
    report = look()
    assert report.first
    assert report.first.why == told.MISSING


def test_an_entry_that_was_removed_is_not_put_back(
    trail: Store, look: Look, clock: FakeClock
) -> None:
    [old, *_] = rows(trail)
    clock.advance(2 * DAY)
    checkpoint(trail)
    with trail.write() as tx:
        tx.checkpoints.prune(clock.now())
    with trail.database.write() as connection:
        connection.execute(audit.insert(), dict(old._mapping))
    report = look()
    assert report.first
    assert report.first.number == old.id


def test_what_is_kept_long_enough_is_removed_a_part_at_a_time(
    trail: Store, look: Look, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(DAY)
    checkpoint(trail)
    monkeypatch.setattr("store.trail.checkpoints.MOST", 5)
    removed = []
    while not removed or removed[-1]:
        with trail.write() as tx:
            removed.append(tx.checkpoints.prune(clock.now()))
        assert look().first is None
    assert removed == [4, 4, 4, 0]


def test_many_pages(store: Store, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("entries", "verify", "seals"):
        monkeypatch.setattr(f"store.trail.{room}.PAGE", 3)
    for number in range(20):
        with store.write() as tx:
            tx.audit.add("event", detail={"number": number})
        if number % 2:
            checkpoint(store)
    anchors: list[Any] = signed(store)
    report = look(anchors)
    assert (report.first, report.entries, report.checkpoints, report.anchors) == (None, 20, 10, 10)
