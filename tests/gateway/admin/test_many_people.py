"""A hundred thousand people: any page of them costs less than a tenth of a second of processor.

On PostgreSQL the work is done by another process, so there the time that passes counts too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from time import perf_counter, process_time

import pytest
from sqlalchemy import Column, func, select

from gateway.admin.desk import Desk
from store.holding import holds
from store.models import accounts
from tests.gateway.admin.staff import ROOT
from tests.gateway.conftest import House
from tests.timing import Seconds, quickest

pytestmark = pytest.mark.slow
PEOPLE, BOUND = 100_000, 0.1
RARE = 1000
"""One person in so many is kept out, and one is about to leave."""

PAGES: dict[str, dict[str, object]] = {
    "the first": {},
    "the middle": {"after": "person050000"},
    "a common part": {"username": "person"},
    "a rare part": {"username": "99999"},
    "a part of nobody": {"username": "zzz"},
    "kept out": {"disabled": True},
    "kept out, nobody of this name": {"disabled": True, "username": "zzz"},
    "not kept out": {"disabled": False},
    "leaving": {"leaving": True},
    "a large page": {"limit": 200},
}


def crowd(house: House) -> None:
    now = house.clock.now()
    rows = [
        {
            "id": f"{number:032x}",
            "pseudonym": f"{number:032x}",
            "username": f"person{number:06}",
            "email": f"person{number:06}@example.org",
            "created_at": now,
            "disabled_at": now if number % RARE == 0 else None,
            "erase_at": now + timedelta(days=1) if number % RARE == 1 else None,
        }
        for number in range(PEOPLE)
    ]
    with house.store.database.write() as connection:
        connection.execute(accounts.insert(), rows)


def every_row(house: House, *columns: Column[str]) -> object:
    """Look for what is nowhere in so many rows, with nothing around it."""
    with house.store.database.read() as connection:
        look = select(func.count()).where(holds("nowhere", connection, *columns))
        return connection.execute(look).scalar()


def dear(
    calls: Mapping[str, Callable[[], object]], look: Callable[[], object], clock: Seconds
) -> dict[str, float]:
    """Return which calls take too long: more than the bound, and than one look at every row.

    The look is what a machine is slow or busy by; half as much again is left for all beside it.
    """
    bound = max(BOUND, 1.5 * quickest(look, 0, clock)[1])
    costs = {name: quickest(call, bound, clock)[1] for name, call in calls.items()}
    return {name: seconds for name, seconds in costs.items() if seconds >= bound}


def test_every_page_is_cheap(house: House, desk: Desk, database: str) -> None:
    crowd(house)
    calls: dict[str, Callable[[], object]] = {
        name: partial(desk.call, ROOT, "people.list", fields) for name, fields in PAGES.items()
    }
    calls["a name"] = lambda: desk.call(ROOT, "people.find", {"username": "PERSON077777"})
    calls["a person"] = lambda: desk.call(ROOT, "people.get", {"person": f"{77777:032x}"})
    look = partial(every_row, house, accounts.c.username, accounts.c.email)
    assert dear(calls, look, spent(database)) == {}


def spent(database: str) -> Seconds:
    """Return what measures the work that is done for a database."""
    return process_time if database == "sqlite" else perf_counter
