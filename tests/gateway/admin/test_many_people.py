"""A hundred thousand people: any page of them costs less than a tenth of a second of processor.

On PostgreSQL the work is done by another process, so there the time that passes counts too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import perf_counter, process_time

import pytest

from gateway.admin.desk import Desk
from store.models import accounts
from tests.gateway.admin.staff import ROOT
from tests.gateway.conftest import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PEOPLE, BOUND, TRIES = 100_000, 0.1, 5
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


def cost(call: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return what a call costs at best, in seconds, whatever else the machine does."""

    def once() -> float:
        before = clock()
        call()
        return clock() - before

    return min(once() for _ in range(TRIES))


def test_every_page_is_cheap(house: House, desk: Desk, database: str) -> None:
    crowd(house)
    clock = process_time if database == "sqlite" else perf_counter
    calls: dict[str, Callable[[], object]] = {
        name: partial(desk.call, ROOT, "people.list", fields) for name, fields in PAGES.items()
    }
    calls["a name"] = lambda: desk.call(ROOT, "people.find", {"username": "PERSON077777"})
    calls["a person"] = lambda: desk.call(ROOT, "people.get", {"person": f"{77777:032x}"})
    costs = {name: cost(call, clock) for name, call in calls.items()}
    assert {name: seconds for name, seconds in costs.items() if seconds > BOUND} == {}
