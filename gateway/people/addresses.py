"""Addresses that an older version stored without what finds their owners."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.abilities import Reachable
from contracts.factor import Factor
from enrollment.usable import readable
from store import Store

BATCH = 200


def learn(store: Store, factors: Mapping[str, Factor]) -> int:
    """Note them, so that who signs up with one is known; return how many there were."""
    return sum(_learn(store, each) for each in factors.values() if isinstance(each, Reachable))


def _learn(store: Store, factor: Factor) -> int:
    learnt, after = 0, ""
    while batch := _unknown(store, factor, after):
        for credential_id, account_id in batch:
            learnt += _note(store, factor, credential_id, account_id)
        after = batch[-1][0]
    return learnt


def _unknown(store: Store, factor: Factor, after: str) -> list[tuple[str, str]]:
    with store.read() as tx:
        return tx.credentials.unaddressed(factor.name, after, BATCH)


def _note(store: Store, factor: Factor, credential_id: str, account_id: str) -> int:
    with store.write() as tx:
        held = readable(tx, account_id, factor.name)
        mine = [each for each in held if each.credential_id == credential_id]
        addresses = factor.addresses(mine) if isinstance(factor, Reachable) else ()
        for _, address in addresses:
            tx.credentials.set_address(credential_id, address)
    return len(addresses)
