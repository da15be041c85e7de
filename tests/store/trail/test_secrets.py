"""What is personal in an entry is in no column of it, and in no file of the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import Account, Store
from store.acting import acting
from tests.store.test_secrets_at_rest import lies_about
from tests.store.trail.conftest import rows

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
