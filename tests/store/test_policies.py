"""What admins have set: each change a version, never a lost one."""

from __future__ import annotations

from store import Store


def test_each_change_is_a_version_of_its_own(store: Store) -> None:
    with store.write() as tx:
        admin = tx.accounts.add("ann")
        assert tx.policies.version() == 0
        assert tx.policies.newest() is None
        assert tx.policies.change({"session_seconds": 900}, admin.id, 0)
        assert tx.policies.change({}, "system:0", 1)
    with store.read() as tx:
        newest, first = tx.policies.list(5)
        assert tx.policies.newest() == newest
        assert tx.policies.list(5, before=2) == [first]
    assert (newest.version, newest.settings, newest.username) == (2, {}, None)
    assert (first.changed_by, first.username) == (admin.id, "ann")
    assert first.settings == {"session_seconds": 900}


def test_whoever_looked_at_an_older_version_changes_nothing(store: Store) -> None:
    with store.write() as tx:
        assert tx.policies.change({"session_seconds": 900}, "system:0", 0)
        assert not tx.policies.change({"session_seconds": 700}, "system:1", 0)
        assert not tx.policies.change({"session_seconds": 700}, "system:1", 7)
        newest = tx.policies.newest()
    assert newest
    assert newest.changed_by == "system:0"


def test_the_assurances_that_clients_need_are_named_once(store: Store) -> None:
    with store.read() as tx:
        assert tx.policies.needs() == []
