"""Roles in the store: one of each person, changed by whoever saw them last."""

from __future__ import annotations

from collections import Counter

from store import Account, Store
from tests.fakes.race import RUNNERS, race


def test_a_person_has_one_role(store: Store, jane: Account) -> None:
    def grant() -> bool:
        with store.write() as tx:
            return tx.operators.grant(jane.id, "viewer", "system:0")

    assert Counter(race(grant)) == {True: 1, False: RUNNERS - 1}
    with store.read() as tx:
        found = tx.operators.get(jane.id)
    assert found
    assert (found.username, found.role, found.version, found.active) == ("jane", "viewer", 1, True)


def test_of_many_who_change_it_one_does(store: Store, jane: Account) -> None:
    with store.write() as tx:
        tx.operators.grant(jane.id, "viewer", "system:0")

    def change() -> bool:
        with store.write() as tx:
            return tx.operators.change(jane.id, "operator", "system:0", 1)

    assert sum(race(change)) == 1
    with store.write() as tx:
        assert not tx.operators.withdraw(jane.id, 1)
        assert tx.operators.withdraw(jane.id, 2)
        assert tx.operators.get(jane.id) is None


def test_they_are_found_by_role_and_say_who_is_kept_out(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        tx.operators.grant(jane.id, "admin", "system:0")
        tx.operators.grant(joe.id, "viewer", "system:0")
        tx.accounts.set_disabled(jane.id, True)
    with store.write() as tx:
        tx.operators.hold("admin")
        assert [(each.username, each.active) for each in tx.operators.of("admin")] == [
            ("jane", False)
        ]
        assert [each.username for each in tx.operators.list()] == ["jane", "joe"]
        assert tx.accounts.names([jane.id, "nobody"]) == {jane.id: "jane"}


def test_a_role_goes_with_its_person(store: Store, jane: Account) -> None:
    with store.write() as tx:
        tx.operators.grant(jane.id, "viewer", "system:0")
    with store.database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM accounts WHERE id = '{jane.id}'")
    with store.read() as tx:
        assert list(tx.operators.list()) == []
