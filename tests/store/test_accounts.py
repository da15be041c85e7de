from __future__ import annotations

from store import Store


def test_an_account_is_found(store: Store) -> None:
    with store.write() as tx:
        made = tx.accounts.add("jane", "jane@example.org")
    with store.read() as tx:
        assert tx.accounts.find("jane") == made


def test_whose_name_it_is_reads_a_row_in_any_case(store: Store) -> None:
    with store.write() as tx:
        assert tx.accounts.whose("jane") is None
        first = tx.accounts.add("jane")
        second = tx.accounts.add("joan")
    with store.read() as tx:
        assert tx.accounts.whose("Jane") == first
        assert tx.accounts.whose("joan") == second
        for nobody in ("jan", "", "\0", "\ud800", "j" * 1000):
            assert tx.accounts.whose(nobody) is None
