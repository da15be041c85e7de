from __future__ import annotations

from store import Store


def test_an_account_is_found(store: Store) -> None:
    with store.write() as tx:
        made = tx.accounts.add("jane", "jane@example.org")
    with store.read() as tx:
        assert tx.accounts.find("jane") == made
