"""What a database that cannot answer, or should not be asked so, leads to."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.errors import BadRequest, Conflict, GatehouseError, Misconfigured, Unavailable
from store import Account, Store, db
from store.db import Database
from store.keys_file import Keys
from tests.fakes.clock import FakeClock

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a twentieth of a second for a lock."""
    monkeypatch.setattr(db, "PRAGMAS", ("busy_timeout = 50", *db.PRAGMAS[1:]))


@pytest.fixture
def locked(store: Store, tmp_path: Path) -> Iterator[None]:
    """Another program holds the file."""
    other = sqlite3.connect(tmp_path / "gatehouse.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@only_sqlite
@pytest.mark.usefixtures("impatient", "locked")
def test_a_locked_database_is_unavailable(store: Store) -> None:
    with pytest.raises(Unavailable), store.write():
        pass
    store.ping()


@only_sqlite
@pytest.mark.usefixtures("impatient", "locked")
def test_a_locked_database_at_the_start_is_for_the_operator(store: Store) -> None:
    assert "stop what holds it" in told(store.check)
    assert "stop what holds it" in told(store.migrate)


@only_sqlite
def test_a_file_that_is_no_database(store: Store, tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "text.db").write_text("not a database, but long enough to be one" * 100)
    assert "damaged or not ours" in told(
        opened(f"sqlite:///{tmp_path}/text.db", tmp_path, keys).check
    )


def told(call: Callable[[], object]) -> str:
    """Return the one line that the operator gets."""
    with pytest.raises(Misconfigured) as raised:
        call()
    line = str(raised.value.public)
    assert "\n" not in line
    return line


def opened(url: str, folder: Path, keys: Keys) -> Store:
    keystore_url = f"sqlite:///{folder}/other-keystore.db"
    return Store(database_url=url, keystore_url=keystore_url, keys=keys, clock=FakeClock())


@only_sqlite
@pytest.mark.usefixtures("database")
def test_a_server_that_is_down(tmp_path: Path, keys: Keys) -> None:
    down = opened(f"postgresql:///gatehouse?host={tmp_path}", tmp_path, keys)
    with pytest.raises(Unavailable):
        down.ping()
    assert "locked or down" in told(down.check)


@pytest.mark.parametrize(
    "url", ["", "gatehouse.db", "sqlite://", "mysql://localhost/x", "sqlite:////proc/no/file.db"]
)
def test_a_url_that_cannot_be_used(url: str) -> None:
    assert told(lambda: Database(url))


def test_the_keystore_is_not_the_database(database_url: str, keys: Keys) -> None:
    with pytest.raises(Misconfigured, match="URL of its own"):
        Store(database_url=database_url, keystore_url=database_url, keys=keys, clock=FakeClock())


@pytest.mark.parametrize("change", ["kek", "pepper", "version"])
def test_the_wrong_keys_are_refused(
    urls: tuple[str, str], keys: Keys, clock: FakeClock, change: str
) -> None:
    wrong = {
        "kek": replace(keys, kek={1: bytes(32)}),
        "pepper": replace(keys, pepper=bytes(32)),
        "version": replace(keys, kek={2: keys.kek[1]}, current=2),
    }[change]
    other = Store(database_url=urls[0], keystore_url=urls[1], keys=wrong, clock=clock)
    for call in (other.check, other.migrate, other.check):
        with pytest.raises(Misconfigured, match="key file does not belong"):
            call()
    other.close()


def test_a_new_key_wants_a_migration(
    empty_urls: tuple[str, str], keys: Keys, clock: FakeClock
) -> None:
    url, keystore = empty_urls
    first = Store(database_url=url, keystore_url=keystore, keys=keys, clock=clock)
    first.migrate()
    first.close()
    more = replace(keys, kek={**keys.kek, 2: bytes(32)}, current=2)
    second = Store(database_url=url, keystore_url=keystore, keys=more, clock=clock)
    with pytest.raises(Misconfigured, match=r"Run: gatehouse migrate$"):
        second.check()
    second.migrate()
    second.check()
    second.close()


def test_raising_rolls_back_and_returning_commits(store: Store) -> None:
    with pytest.raises(Conflict):
        add_and_raise(store)
    with store.read() as tx:
        assert tx.accounts.list() == []


def add_and_raise(store: Store) -> None:
    with store.write() as tx:
        tx.accounts.add("jane")
        raise Conflict


def test_a_conflict_leaves_the_transaction_usable(store: Store, jane: Account) -> None:
    with store.write() as tx:
        with pytest.raises(Conflict):
            tx.accounts.add(jane.username)
        tx.accounts.add("joe")
    with store.read() as tx:
        assert [account.username for account in tx.accounts.list()] == ["jane", "joe"]


def test_a_row_of_nobody_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict), store.write() as tx:
        tx.tickets.issue("nobody", FakeClock().now() - FakeClock().now())


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(GatehouseError, match=r"read-?only"), store.read() as tx:
        tx.accounts.add("jane")
    with store.write() as tx:
        tx.accounts.add("jane")


def test_transactions_do_not_nest(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError, match="use that one"), store.write():
        pass
    with store.write(), pytest.raises(RuntimeError, match="use that one"), store.read():
        pass
    with store.write() as tx:
        tx.accounts.add("jane")


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_text_that_postgres_cannot_hold(store: Store) -> None:
    with pytest.raises(BadRequest), store.read() as tx:
        tx.clients.get("chat\0bot")


def test_sqlite_waits_for_the_disk(store: Store) -> None:
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL does by default")
    with store.database.write() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert values == ["wal", 2, 1, 5000, 1]
