"""Forgetting people whose time has come, in an order that a crash at any point cannot harm."""

from __future__ import annotations

import logging

from contracts.clock import Clock
from store import Store

log = logging.getLogger("gatehouse.erasure")


def erase_due(store: Store) -> int:
    """Erase every account whose time has come; return how many these were."""
    with store.read() as tx:
        due = tx.erasures.due()
    for account_id in due:
        erase(store, account_id)
    return len(due)


def erase_now(store: Store, clock: Clock, account_id: str) -> None:
    """Erase an account whose time had not come."""
    with store.write() as tx:
        tx.erasures.plan(account_id, clock.now())
    erase(store, account_id)


def erase(store: Store, account_id: str) -> None:
    """Erase one account whose time has come: first its key, then its rows.

    Begun again after a crash it goes on where it was; what is gone is no error.
    """
    with store.write() as tx:
        if not tx.erasures.begin(account_id):
            return
    store.keystore.erase(account_id)
    with store.write() as tx:
        tx.erasures.finish(account_id)
    store.database.truncate_log()
    log.info("an account was erased")


def replay(store: Store, clock: Clock) -> int:
    """Erase anew what a restored backup brought back, of either database; return how many."""
    with store.read() as tx:
        keys = store.keystore.among(tx.erasures.recorded())
        people = tx.erasures.among(store.keystore.erased())
    for subject_id in keys:
        store.keystore.erase(subject_id)
    for account_id in people:
        erase_now(store, clock, account_id)
    return len(keys) + len(people)
