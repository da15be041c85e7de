"""After a backup was put back: what was over stays over, and nobody is locked out by a counter.

The keystore knows the newest version of each credential, so that nobody can put an old one in the
place of a new one unseen. A backup does just that, by the will of an operator: credentials in which
uses only move a counter are let in again. A removed one is removed again. Others, such as recovery
codes that may have been spent and passwords that may have been replaced, stay shut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.abilities import Restorable
from contracts.factor import Factor
from gateway.erasure import Eraser
from store import Store
from store.keystore import REMOVED, Noted
from store.restored import Held

BATCH = 500


@dataclass(frozen=True, slots=True)
class Settled:
    """How many people were erased anew, and what became of credentials older than the last known.

    `ended` counts rows of sessions, tokens and steps under way.
    """

    erased: int
    ended: int
    accepted: int
    removed: int
    shut: int


def settle(store: Store, eraser: Eraser, factors: Mapping[str, Factor]) -> Settled:
    """Make a restored database safe to serve; begun again after a crash it goes on."""
    erased = eraser.replay()
    with store.write() as tx:
        ended = tx.restored.forget_what_counts_once()
    counts = {"accepted": 0, "removed": 0, "shut": 0}
    for held in _batches(store):
        for name, count in _judged(store, held, factors).items():
            counts[name] += count
    settled = Settled(erased=erased, ended=ended, **counts)
    with store.write() as tx:
        tx.biometric_consents.withdraw_unused()
        tx.voice.consents.withdraw_all()
        tx.audit.add("store.restored", detail={"erased": erased, "ended": ended, **counts})
    return settled


def _batches(store: Store) -> Iterator[Sequence[Held]]:
    after = ""
    while True:
        with store.read() as tx:
            held = tx.restored.held(after, BATCH)
        if not held:
            return
        yield held
        after = held[-1].row.credential_id


def _judged(store: Store, held: Sequence[Held], factors: Mapping[str, Factor]) -> dict[str, int]:
    factor = {each.row.credential_id: factors.get(each.factor) for each in held}
    behind = store.keystore.behind([each.row for each in held])
    gone = [row for row, noted in behind if noted == REMOVED]
    older = [row for row, noted in behind if noted != REMOVED]
    good = [row for row in older if isinstance(factor[row.credential_id], Restorable)]
    _remove(store, gone)
    store.keystore.accept(good)
    return {"accepted": len(good), "removed": len(gone), "shut": len(older) - len(good)}


def _remove(store: Store, gone: Sequence[Noted]) -> None:
    if gone:
        with store.write() as tx:
            for row in gone:
                tx.credentials.remove(row.credential_id, row.subject_id)
