"""Checkpoints are kept outside the database, whole and in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Unavailable
from gateway.settings import Settings
from gateway.trail.anchors import Anchors
from gateway.trail.looking import look as look_at
from gateway.trail.sealing import Sealing
from store import Store
from store.models import audit, checkpoints
from store.signer import Signer
from store.trail import report as told
from store.trail.report import Report
from store.trail.verify import Verification
from tests.fakes.clock import FakeClock

Seal = Callable[[], int]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, env="test")


@pytest.fixture
def anchors(settings: Settings) -> Anchors:
    return Anchors(settings.audit_anchors)


@pytest.fixture
def seal(store: Store, settings: Settings, clock: FakeClock) -> Seal:
    """Write something and have it signed."""

    def seal() -> int:
        with store.write() as tx:
            tx.audit.add("event")
        return Sealing(store, settings, clock).run()

    return seal


def look(store: Store, anchors: Anchors) -> Report:
    return Verification(store, Signer(store.vault)).run(anchors)


def numbers(store: Store, anchors: Anchors) -> list[int]:
    with store.read() as tx:
        known = {signed: number for number, signed in tx.checkpoints.signed(0, 100).items()}
    return [known.get(signed, 0) for signed in anchors]


def test_each_checkpoint_is_one_line(store: Store, anchors: Anchors, seal: Seal) -> None:
    assert [seal(), seal(), seal()] == [1, 1, 1]
    assert numbers(store, anchors) == [1, 2, 3]
    report = look(store, anchors)
    assert (report.first, report.anchors) == (None, 3)


def test_where_nothing_happened_nothing_is_signed(
    store: Store, settings: Settings, clock: FakeClock, anchors: Anchors
) -> None:
    assert Sealing(store, settings, clock).run() == 0
    assert list(anchors) == []


def test_it_is_signed_when_it_is_due(store: Store, settings: Settings, clock: FakeClock) -> None:
    sealing = Sealing(store, settings, clock)
    with store.write() as tx:
        tx.audit.add("event")
    clock.advance(timedelta(seconds=59))
    sealing.when_due()
    with store.read() as tx:
        assert tx.checkpoints.waiting() == 1
    clock.advance(timedelta(seconds=1))
    sealing.when_due()
    with store.read() as tx:
        assert tx.checkpoints.waiting() == 0


def test_a_cut_is_told_by_the_file(store: Store, anchors: Anchors, seal: Seal) -> None:
    seal()
    seal()
    with store.database.write() as connection:
        connection.execute(checkpoints.delete().where(checkpoints.c.number == 2))
        connection.execute(audit.delete().where(audit.c.checkpoint == 2))
    report = look(store, anchors)
    assert report.first
    assert (report.first.why, report.first.checkpoint) == (told.CUT_OFF, 1)


def test_a_line_that_was_torn_is_written_anew(
    store: Store, anchors: Anchors, seal: Seal, settings: Settings
) -> None:
    seal()
    seal()
    whole = settings.audit_anchors.read_bytes()
    settings.audit_anchors.write_bytes(whole[:-40])
    seal()
    assert numbers(store, anchors) == [1, 2, 3]
    assert look(store, anchors).first is None


def test_a_file_that_was_lost_is_made_again(
    store: Store, anchors: Anchors, seal: Seal, settings: Settings
) -> None:
    seal()
    settings.audit_anchors.unlink()
    seal()
    assert numbers(store, anchors) == [1, 2]
    assert settings.audit_anchors.stat().st_mode & 0o777 == 0o600


def test_after_a_restored_backup_the_file_goes_on_and_tells_of_the_gap(
    store: Store, anchors: Anchors, seal: Seal
) -> None:
    seal()
    seal()
    seal()
    with store.database.write() as connection:
        connection.execute(checkpoints.delete().where(checkpoints.c.number > 1))
        connection.execute(audit.delete().where(audit.c.checkpoint > 1))
    seal()
    seal()
    assert numbers(store, anchors) == [1, 0, 0, 2, 3]
    report = look(store, anchors)
    assert report.first
    assert report.problems > 0


def test_several_workers_write_each_once(
    store: Store, anchors: Anchors, settings: Settings, clock: FakeClock
) -> None:
    with ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            with store.write() as tx:
                tx.audit.add("event")
            list(threads.map(lambda _: Sealing(store, settings, clock).run(), range(4)))
    assert numbers(store, anchors) == [1, 2, 3, 4, 5]


def test_what_is_removed_while_somebody_looks_is_not_missing(
    store: Store, settings: Settings, seal: Seal, clock: FakeClock
) -> None:
    for _ in range(3):
        seal()
        clock.advance(timedelta(days=1))
    looks = []

    def progress(done: int, of: int) -> None:
        looks.append(done)
        with store.write() as tx:
            tx.checkpoints.prune(clock.now())

    report = look_at(store, settings, progress=progress)
    assert looks == [3, 1]
    assert report.first is None


def test_a_disk_that_is_away_is_tried_again(store: Store, settings: Settings, seal: Seal) -> None:
    settings.audit_anchors.mkdir()
    with pytest.raises(Unavailable, match="audit-anchors"):
        seal()
    settings.audit_anchors.rmdir()
    seal()
    assert numbers(store, Anchors(settings.audit_anchors)) == [1, 2]


def test_a_disk_that_is_full_is_tried_again(store: Store, seal: Seal) -> None:
    seal()
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no disk that is always full")
    with pytest.raises(Unavailable, match="/dev/full"):
        Anchors(full).catch_up(store)
