"""The worker does all of its work under the newest policy, what it carries out for others too."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.factor import Template
from gateway import worker
from gateway.retention.job import RETENTION, ask
from gateway.settings import Settings
from store import Store
from tests.fakes.clock import FakeClock
from tests.waiting import until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(env="test", data=tmp_path)


def worked(store: Store, clock: FakeClock, settings: Settings) -> None:
    """Have a worker do what was asked for."""
    over = threading.Event()
    turn = threading.Thread(target=worker.turn, args=(store, clock, settings, over))
    turn.start()
    try:
        until(lambda: not asked(store))
    finally:
        over.set()
        turn.join()


def asked(store: Store) -> bool:
    with store.read() as tx:
        return tx.outbox.waits(RETENTION)


def test_what_a_policy_keeps_is_not_deleted(
    store: Store, clock: FakeClock, settings: Settings
) -> None:
    with store.write() as tx:
        account = tx.accounts.add("alice")
        tx.credentials.add(account.id, "voice", Template(b"secret", "voice/1"))
    clock.advance(timedelta(days=settings.template_idle_days + 1))
    left = []
    for policy in ({"template_idle_days": 0}, {}):
        assert ask(store)
        worked(store, clock, settings.overruled(policy))
        with store.read() as tx:
            left.append(len(tx.credentials.list(account.id)))
    assert left == [1, 0]
