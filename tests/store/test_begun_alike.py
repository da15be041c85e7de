"""What somebody has begun is taken up by whoever begins the same again."""

from __future__ import annotations

from dataclasses import replace

from store import Account, Ceremony, Purpose, Store
from tests.fakes.clock import FakeClock
from tests.store.test_races import MINUTE, winners

CEREMONY = Ceremony(None, "owner", "voice", Purpose.VERIFY, None, b"digits", 1, 1)


def test_what_was_begun_alike_is_taken_together_the_newest_first(
    store: Store, clock: FakeClock, jane: Account
) -> None:
    mine = replace(CEREMONY, account_id=jane.id)
    others = [
        replace(mine, account_id=None),
        replace(mine, owner="another"),
        replace(mine, factor="password"),
        replace(mine, purpose=Purpose.ENROLL),
    ]
    with store.write() as tx:
        tx.ceremonies.put(replace(mine, secret=b"over"), MINUTE)
        clock.advance(MINUTE)
        tx.ceremonies.put(replace(mine, secret=b"old"), MINUTE)
        tx.ceremonies.put(replace(mine, secret=b"new"), 2 * MINUTE)
        kept = [tx.ceremonies.put(other, MINUTE) for other in others]
        assert [each.secret for each in tx.ceremonies.take_like(mine)] == [b"new", b"old"]
        assert tx.ceremonies.take_like(mine) == []
        taken = [
            tx.ceremonies.take(handle, other.owner)
            for handle, other in zip(kept, others, strict=True)
        ]
    assert None not in taken


def test_what_is_put_again_has_its_handle_of_before(store: Store, jane: Account) -> None:
    ceremony = replace(CEREMONY, account_id=jane.id)
    with store.write() as tx:
        handle = tx.ceremonies.put(ceremony, MINUTE)
        assert tx.ceremonies.stands(handle, "owner")
        assert tx.ceremonies.take_like(ceremony)
        assert not tx.ceremonies.stands(handle, "owner")
        assert tx.ceremonies.put(ceremony, MINUTE, handle) == handle
        assert not tx.ceremonies.stands(handle, "another")
        assert tx.ceremonies.take(handle, "owner")


def test_one_takes_up_what_was_begun(store: Store, jane: Account) -> None:
    ceremony = replace(CEREMONY, account_id=jane.id)
    with store.write() as tx:
        tx.ceremonies.put(ceremony, MINUTE)
    assert winners(store, lambda tx: tx.ceremonies.take_like(ceremony)) == 1
