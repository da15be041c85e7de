"""A trail that was written before there were chains is moved, whole and in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from contracts.errors import Misconfigured
from store import Store
from store.keys_file import Keys
from store.keystore import pseudonym
from store.migrate import downgrade, upgrade
from store.schema import KEYSTORE, MAIN
from store.signer import Signer
from store.trail import before
from store.trail.verify import Verification
from tests.fakes.clock import FakeClock

OLD = "0012_signals"
JANE, ERASED = "a" * 32, "e" * 32


@pytest.fixture
def old(empty_urls: tuple[str, str], keys: Keys, clock: FakeClock) -> Iterator[Store]:
    """A database as the version before had it, with a person and seven entries."""
    opened = Store(database_url=empty_urls[0], keystore_url=empty_urls[1], keys=keys, clock=clock)
    for database, schema in ((opened.database, MAIN), (opened.keystore.database, KEYSTORE)):
        upgrade(database, schema)
    downgrade(opened.database, MAIN, OLD)
    tables = sa.MetaData()
    with opened.database.write() as connection:
        accounts = sa.Table("accounts", tables, autoload_with=connection)
        connection.execute(accounts.insert(), {"id": JANE, "username": "jane", "created_at": 0})
        audit = sa.Table("audit", tables, autoload_with=connection)
        for number, account_id in enumerate((JANE, None, JANE, ERASED, None, JANE, None)):
            gone = account_id == ERASED
            row = {
                "at": int(timedelta(days=number).total_seconds()) * 1_000_000,
                "event": f"event.{number}",
                "account_id": account_id,
                "client_id": "chatbot",
                "source": "" if gone else "203.0.113.7",
                "detail": {} if gone else {"number": number},
            }
            connection.execute(audit.insert(), row)
    yield opened
    opened.close()


def trail(store: Store) -> list[tuple[str, str | None, str, dict[str, object]]]:
    with store.read() as tx:
        found = tx.audit.list(100)[::-1]
    return [(each.event, each.account_id, each.source, each.detail) for each in found]


def whole() -> list[tuple[str, str | None, str, dict[str, object]]]:
    here = "203.0.113.7"
    return [
        ("event.0", JANE, here, {"number": 0}),
        ("event.1", None, here, {"number": 1}),
        ("event.2", JANE, here, {"number": 2}),
        ("event.3", ERASED, "", {}),
        ("event.4", None, here, {"number": 4}),
        ("event.5", JANE, here, {"number": 5}),
        ("event.6", None, here, {"number": 6}),
    ]


def test_all_is_moved_in_order(old: Store) -> None:
    old.migrate()
    old.check()
    assert trail(old) == whole()
    report = Verification(old, Signer(old.vault)).run()
    assert (report.first, report.entries, report.waiting) == (None, 7, 7)
    old.migrate()
    assert trail(old) == whole()


def test_nothing_personal_stays_readable(old: Store) -> None:
    old.migrate()
    with old.database.read() as connection:
        rows = connection.execute(sa.text("SELECT subject, personal FROM audit")).all()
    assert rows[0].subject == pseudonym(old.vault, JANE)
    assert not any(b"203.0.113.7" in (row.personal or b"") for row in rows)
    old.keystore.erase(JANE)
    assert [source for _, account, source, _ in trail(old) if account == JANE] == [""] * 3


def test_a_move_that_was_killed_goes_on(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(before, "BATCH", 2)
    real, seen = before._entry, []

    def entry(*arguments: object) -> object:
        seen.append(arguments)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(before, "_entry", entry)
    with pytest.raises(KeyboardInterrupt):
        old.migrate()
    with pytest.raises(Misconfigured, match=r"Run: gatehouse migrate$"):
        old.check()
    old.migrate()
    old.check()
    assert trail(old) == whole()


def test_it_goes_down_without_what_is_sealed(old: Store) -> None:
    old.migrate()
    downgrade(old.database, MAIN, OLD)
    with old.database.read() as connection:
        rows = connection.execute(sa.text("SELECT event, source FROM audit ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(f"event.{number}", "") for number in range(7)]
    old.migrate()
    assert [event for event, *_ in trail(old)] == [f"event.{number}" for number in range(7)]
