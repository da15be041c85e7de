"""A trail with something in it, and whoever looks whether it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import select

from store import Account, Store
from store.models import audit
from store.signer import Signer
from store.trail.checkpoints import Checkpoint
from store.trail.report import Report
from store.trail.verify import Verification

Look = Callable[..., Report]


@pytest.fixture
def look(store: Store) -> Look:
    """Verify the trail; takes anchors."""

    def look(anchors: Iterable[str] = ()) -> Report:
        return Verification(store, Signer(store.vault)).run(anchors)

    return look


@pytest.fixture
def trail(store: Store, jane: Account) -> Store:
    """Three checkpoints of four entries each, and two entries after them."""
    for number in range(14):
        with store.write() as tx:
            tx.audit.add(
                f"event.{number}",
                account_id=jane.id if number % 2 else None,
                client_id="chatbot",
                source="203.0.113.7",
                detail={"number": number},
                facts={"grant": "a" * 32},
            )
        if number in {3, 7, 11}:
            checkpoint(store)
    return store


def checkpoint(store: Store) -> Checkpoint:
    with store.write() as tx:
        made = tx.checkpoints.make()
    assert made
    return made


def rows(store: Store) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(audit).order_by(audit.c.id)))


def alter(store: Store, number: int, **values: object) -> None:
    with store.database.write() as connection:
        connection.execute(audit.update().where(audit.c.id == number).values(**values))
