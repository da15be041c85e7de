"""Chains hold over threads, rollbacks, forks and processes that were killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from contracts.errors import Conflict, Unavailable
from store import Account, Store
from store.acting import acting
from store.db import Database
from store.keystore import pseudonym
from store.models import accounts
from store.trail.chains import Chains
from tests.store.trail.conftest import Look, checkpoint, rows

THREADS, TRANSACTIONS = 8, 50


class Refused(Exception):
    """The transaction is to be rolled back."""


def test_threads_that_commit_and_roll_back(store: Store, jane: Account, look: Look) -> None:
    def run(seed: int) -> int:
        chance = random.Random(seed)
        return sum(_transaction(store, jane, chance) for _ in range(TRANSACTIONS))

    with ThreadPoolExecutor(THREADS) as threads:
        written = sum(threads.map(run, range(THREADS)))
    checkpoint(store)
    report = look()
    assert (report.first, report.entries, report.waiting) == (None, written, 0)
    assert len({row.writer for row in rows(store)}) <= THREADS


def _transaction(store: Store, jane: Account, chance: random.Random) -> int:
    count = chance.randint(0, 3)
    try:
        with store.write() as tx:
            for number in range(count):
                tx.audit.add("event", account_id=jane.id, detail={"number": number})
            if chance.random() < 0.3:
                raise Refused
    except Refused:
        return 0
    return count


def test_a_rollback_gives_the_chain_back_as_it_was(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            _undone(store)
        with store.write() as tx:
            tx.audit.add("event.done")
    assert [(row.event, row.seq) for row in rows(store)] == [("event.done", 1), ("event.done", 2)]
    assert len({row.writer for row in rows(store)}) == 1


def _undone(store: Store) -> None:
    with store.write() as tx:
        tx.audit.add("event.undone")
        raise Refused


def test_a_commit_whose_end_nobody_knows_drops_the_chain(
    store: Store, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost: the entries may be there or not."""
    with store.write() as tx:
        tx.audit.add("event.first")
    real = Database.write

    @contextmanager
    def write(database: Database) -> Iterator[Connection]:
        with real(database) as connection:
            yield connection
        if database is store.database:
            raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", write)
        with pytest.raises(Unavailable), store.write() as tx:
            tx.audit.add("event.second")
    with store.write() as tx:
        tx.audit.add("event.third")
    assert [row.seq for row in rows(store)] == [1, 2, 1]
    assert look().first is None


def test_a_forked_child_begins_a_chain_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    chains = Chains(b"key")
    with chains.lent() as lent:
        mine = lent.place()[0]
        lent.link(dict.fromkeys(("at", "event", "subject", "actor", "client_id", *_SEALED)))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert chains.borrow().writer != mine


_SEALED = ("personal", "acted", "facts")

SCRIPT = """
import sys
from contracts.clock import SystemClock
from store import Store
from store.keys_file import Keys
keys = Keys(kek={1: bytes(range(32))}, current=1, pepper=bytes(range(32, 64)))
store = Store(database_url=sys.argv[1], keystore_url=sys.argv[2], keys=keys, clock=SystemClock())
while True:
    with store.write() as tx:
        for _ in range(5):
            tx.audit.add("event", source="::1")
    with store.write() as tx:
        tx.checkpoints.make()
    print("written", flush=True)
"""


@pytest.mark.parametrize("moment", [0.05, 0.3])
def test_a_process_that_was_killed(
    store: Store, urls: tuple[str, str], look: Look, moment: float
) -> None:
    for _ in range(2):
        child = subprocess.Popen([sys.executable, "-c", SCRIPT, *urls], stdout=subprocess.PIPE)
        assert child.stdout
        assert child.stdout.readline() == b"written\n"
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(moment)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    report = look()
    assert report.first is None
    assert report.entries > 0


def test_two_workers_make_one_checkpoint(store: Store, look: Look) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(10):
            with store.write() as tx:
                tx.audit.add("event")
            made = list(threads.map(lambda _: _quietly(lambda: checkpoint(store)), range(THREADS)))
            assert made.count(True) == 1
    report = look()
    assert (report.first, report.checkpoints, report.waiting) == (None, 10, 0)


def _quietly(call: Callable[[], object]) -> bool:
    try:
        call()
    except (AssertionError, Conflict):
        return False
    return True


def test_who_acts_is_noted(store: Store, jane: Account) -> None:
    with store.write() as tx:
        admin = tx.accounts.add("admin")
    with acting(admin.id, "admin", "203.0.113.9"), store.write() as tx:
        tx.audit.add("account.disabled", account_id=jane.id)
    with acting("system:0", "root (0)", ""), store.write() as tx:
        tx.audit.add("account.enabled", account_id=jane.id)
    with store.read() as tx:
        second, first = tx.audit.list(2)
    assert first.actor
    assert second.actor
    assert (first.actor.id, first.actor.name, first.actor.address) == (
        admin.id,
        "admin",
        "203.0.113.9",
    )
    assert (second.actor.id, second.actor.name, second.actor.address) == (
        "system:0",
        "root (0)",
        "",
    )
    assert first.username == "jane"


def test_an_operator_who_is_erased_is_named_no_more(store: Store, jane: Account) -> None:
    with store.write() as tx:
        admin = tx.accounts.add("admin")
    with acting(admin.id, "admin", "203.0.113.9"), store.write() as tx:
        tx.audit.add("account.disabled", account_id=jane.id, source="203.0.113.7")
    store.keystore.erase(admin.id)
    with store.database.write() as connection:
        connection.execute(accounts.delete().where(accounts.c.id == admin.id))
    with store.read() as tx:
        [entry] = tx.audit.list(1)
    assert entry.actor
    nobody = pseudonym(store.vault, admin.id)
    assert (entry.actor.id, entry.actor.name, entry.actor.address) == (nobody, "", "")
    assert (entry.source, entry.username) == ("203.0.113.7", "jane")
