"""What is personal in an entry is in no column of it, and in no file of the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import Account, Store
from store.acting import acting
from store.keystore import pseudonym
from store.models import accounts
from tests.store.test_secrets_at_rest import lies_about
from tests.store.trail.conftest import alter, rows

ADDRESS, OPERATORS, CANARY = "203.0.113.77", "203.0.113.99", "canary-in-the-detail"


@pytest.fixture(autouse=True)
def _written(store: Store, jane: Account) -> None:
    with store.write() as tx:
        admin = tx.accounts.add("operator")
    for about in (jane.id, None):
        with acting(admin.id, "operator", OPERATORS), store.write() as tx:
            tx.audit.add("event", account_id=about, source=ADDRESS, detail={"said": CANARY})


def test_nothing_personal_is_in_a_row(store: Store, jane: Account) -> None:
    found = [str(tuple(row)) for row in rows(store) if row.event == "event"]
    assert len(found) == 2
    for row in found:
        for personal in (jane.id, "operator", ADDRESS, OPERATORS, CANARY):
            assert personal not in row


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_personal_lies_about(store: Store, tmp_path: Path) -> None:
    for personal in (ADDRESS, OPERATORS, CANARY):
        assert not lies_about(personal, tmp_path)


def test_it_is_read_as_it_was_written(store: Store, jane: Account) -> None:
    with store.read() as tx:
        nobodys, janes = tx.audit.list(2)
    for record in (nobodys, janes):
        assert (record.source, record.detail) == (ADDRESS, {"said": CANARY})
        assert record.actor
        assert (record.actor.name, record.actor.address) == ("operator", OPERATORS)
    assert (nobodys.account_id, janes.account_id) == (None, jane.id)


def test_a_row_that_was_altered_is_not_believed_and_hides_no_other(
    store: Store, jane: Account
) -> None:
    number = rows(store)[-1].id
    alter(store, number, personal=b"\0" * 60)
    with store.read() as tx:
        altered, other = tx.audit.list(2)
    assert (altered.altered, altered.source, altered.detail) == (True, "", {})
    assert (other.altered, other.source) == (False, ADDRESS)


def test_an_account_does_not_take_over_the_history_of_another(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
    theirs = pseudonym(store.vault, jane.id)
    with store.database.write() as connection:
        for account, value in ((jane.id, None), (joe.id, theirs)):
            mine = accounts.c.id == account
            connection.execute(accounts.update().where(mine).values(pseudonym=value))
    with store.read() as tx:
        records = tx.audit.list(10)
    assert not [each for each in records if each.username == "joe"]
    assert [each.account_id for each in records if each.altered] == [theirs]
