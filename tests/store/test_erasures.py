"""People who leave: what is left of them, and that a crash at any point leaves no half person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import String, false, func, or_, select

from contracts.assurance import Assurance
from contracts.errors import Expired, Tampered
from contracts.factor import Template
from gateway.erasure import Eraser
from gateway.settings import Settings
from store import Account, Client, Store
from store.grants import Access
from store.keystore import Noted, pseudonym
from store.models import keystore_metadata, metadata
from tests.fakes.clock import FakeClock
from tests.store.test_secrets_at_rest import lies_about

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def jane(store: Store, chatbot: Client, clock: FakeClock) -> Account:
    """Somebody with a bit of everything."""
    with store.write() as tx:
        account = tx.accounts.add("jane", "jane@example.org")
        tx.credentials.add(account.id, "totp", Template(b"seed", "totp/1", "My phone"))
        _, session = tx.sessions.open(account.id, (), WEEK * 2)
        here = Assurance(account.id, "aal1", ("pwd",), clock.now(), session.sid)
        tx.grants.open(here, chatbot.id, Access(scope="openid"), WEEK * 2)
        tx.consents.give(account.id, chatbot.id, ["openid"])
        tx.audit.add("login.finished", account_id=account.id, source="203.0.113.7")
    return account


@pytest.fixture
def eraser(store: Store, clock: FakeClock, tmp_path: Path) -> Eraser:
    return Eraser(store, clock, Settings(env="test", data=tmp_path))


def leave(store: Store, account: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        assert tx.erasures.plan(account.id, clock.now() + WEEK)


def rows_of(store: Store, account: Account) -> dict[str, int]:
    """Count what names an account, in each table of both databases."""
    found = {}
    for database, tables in (
        (store.database, metadata.sorted_tables),
        (store.keystore.database, keystore_metadata.sorted_tables),
    ):
        with database.read() as connection:
            for table in tables:
                texts = [column for column in table.c if isinstance(column.type, String)]
                naming = or_(false(), *(column == account.id for column in texts))
                query = select(func.count()).select_from(table).where(naming)
                found[table.name] = connection.execute(query).scalar_one()
    return {name: count for name, count in found.items() if count}


def test_planning_ends_sessions_and_grants_at_once(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    leave(store, jane, clock)
    with store.read() as tx:
        assert tx.sessions.list(jane.id) == []
        account = tx.accounts.get(jane.id)
        assert account
        assert (account.admitted, account.active) == (True, False)
        assert tx.hints.named("jane") is None


def test_a_session_of_a_person_who_leaves_is_found_where_it_is_asked_for(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    leave(store, jane, clock)
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), HOUR)
    with store.read() as tx:
        assert tx.sessions.find(cookie, HOUR) is None
        assert tx.sessions.find(cookie, HOUR, leaving=True)


def test_before_its_time_nothing_is_erased(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK - timedelta(microseconds=1))
    assert eraser.due() == 0
    with store.write() as tx:
        assert tx.erasures.call_off(jane.id)
    clock.advance(WEEK)
    assert eraser.due() == 0
    with store.read() as tx:
        assert [held.label for held in tx.credentials.list(jane.id)] == ["My phone"]
        assert tx.credentials.enrolled(jane.id, "totp")[0].template == b"seed"


def test_an_erased_person_is_nowhere(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    assert {"accounts", "credentials", "subject_keys"} <= rows_of(store, jane).keys()
    leave(store, jane, clock)
    clock.advance(WEEK)
    assert eraser.due() == 1
    assert rows_of(store, jane) == {}
    assert eraser.due() == 0
    with store.write() as tx:
        assert tx.accounts.add("jane").id != jane.id


def test_what_an_operator_did_names_them_by_their_pseudonym(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    with store.write() as tx:
        other = tx.accounts.add("other")
        tx.operators.grant(other.id, "viewer", jane.id)
        webhook = tx.webhooks.add("https://siem.example/", ["ping"], "whsec_", jane.id)
        tx.policies.change({"registration": "open"}, jane.id, 0)
        tx.recoveries.ask(other.id, jane.id, clock.now() + 3 * WEEK)
    named = {"operators", "policies", "recoveries", "webhooks"}
    assert named <= rows_of(store, jane).keys()
    leave(store, jane, clock)
    clock.advance(WEEK)
    eraser.due()
    with store.read() as tx:
        granted, hook = tx.operators.get(other.id), tx.webhooks.get(webhook.id)
    assert granted
    assert hook
    assert {granted.granted_by, hook.created_by} == {pseudonym(store.vault, jane.id)}
    assert rows_of(store, jane) == {}


def test_the_trail_says_what_happened_to_nobody_and_that_they_were_erased(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK)
    eraser.due()
    with store.read() as tx:
        erased, *before = tx.audit.list(100)
    nobody = pseudonym(store.vault, jane.id)
    assert (erased.event, erased.at, erased.account_id) == ("account.erased", clock.now(), nobody)
    logged_in = next(record for record in before if record.event == "login.finished")
    assert (logged_in.account_id, logged_in.source, logged_in.detail) == (nobody, "", {})
    assert logged_in.erased


def killed_at(point: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the process before or after one of the three commits of an erasure."""
    real: dict[str, Callable[..., object]] = {"key": store.keystore.erase, "rows": store.write}
    when, what = point.split()
    seen = []

    def call(*arguments: object) -> object:
        seen.append(what)
        counts = what == "key" or len(seen) == 2
        if counts and when == "before":
            raise Killed
        result = real[what](*arguments)
        if counts and when == "after":
            raise Killed
        return result

    place = (store.keystore, "erase") if what == "key" else (store, "write")
    monkeypatch.setattr(*place, call)


@pytest.mark.parametrize("point", ["before key", "after key", "before rows"])
def test_a_crash_leaves_nothing_readable_and_the_next_run_ends_it(
    store: Store,
    jane: Account,
    clock: FakeClock,
    eraser: Eraser,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK)
    with monkeypatch.context() as patched, suppress(Killed):
        killed_at(point, store, patched)
        eraser.due()
        pytest.fail("it was not killed")
    with store.write() as tx:
        assert not tx.erasures.call_off(jane.id), "nobody comes back half"
        account = tx.accounts.get(jane.id)
        assert account
        assert not account.admitted
    if point != "before key":
        with pytest.raises(Tampered), store.read() as tx:
            tx.credentials.enrolled(jane.id, "totp")
    assert eraser.due() == 1
    assert rows_of(store, jane) == {}
    with store.read() as tx:
        assert [record.event for record in tx.audit.list(100)].count("account.erased") == 1


def test_a_clock_that_is_behind_brings_nobody_back(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK)
    with store.write() as tx:
        assert tx.erasures.begin(jane.id)
    clock.advance(-HOUR)
    with store.write() as tx:
        assert not tx.erasures.call_off(jane.id)


def test_a_call_off_at_the_last_moment_wins_whole(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    leave(store, jane, clock)
    with store.write() as tx:
        assert tx.erasures.call_off(jane.id)
    clock.advance(WEEK)
    eraser.finish(jane.id)
    assert rows_of(store, jane)["credentials"] == 1


def test_an_enrolment_under_way_brings_no_key_back(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    store.keystore.erase(jane.id)
    with pytest.raises(Expired), store.write() as tx:
        tx.credentials.add(jane.id, "voice", Template(b"template", "voice/1"))
    store.keystore.note([Noted("credential", jane.id, 1)])
    assert not rows_of(store, jane).keys() & {"subject_keys", "row_versions"}


def test_what_a_restored_database_brings_back_is_erased_anew(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK)
    store.keystore.erase(jane.id)
    with store.write() as tx:
        tx.erasures.call_off(jane.id)
        john = tx.accounts.add("john")
    assert eraser.replay() == 1
    assert rows_of(store, jane) == {}
    assert rows_of(store, john).keys() == {"accounts"}
    assert eraser.replay() == 0


def test_what_a_restored_keystore_brings_back_is_erased_anew(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser
) -> None:
    leave(store, jane, clock)
    clock.advance(WEEK)
    eraser.due()
    with store.keystore.database.write() as connection:
        connection.execute(keystore_metadata.tables["erased"].delete())
    store.keystore.subject_key(jane.id)
    other = store.keystore.subject_key("somebody else")
    assert eraser.replay() == 1
    assert store.keystore.find_key(jane.id) is None
    assert store.keystore.find_key("somebody else") == other


def test_every_row_of_a_person_goes_with_them() -> None:
    for table in metadata.sorted_tables:
        if "account_id" in table.c:
            [key] = table.c.account_id.foreign_keys
            assert (key.column.table.name, key.ondelete) == ("accounts", "CASCADE"), table.name


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_of_an_erased_person_lies_about(
    store: Store, jane: Account, clock: FakeClock, eraser: Eraser, tmp_path: Path
) -> None:
    assert lies_about("jane@example.org", tmp_path)
    leave(store, jane, clock)
    clock.advance(WEEK)
    eraser.due()
    with store.write() as tx:
        tx.audit.add("the log holds something")
    for name in ("jane@example.org", "My phone", "203.0.113.7", jane.id):
        assert not lies_about(name, tmp_path)
