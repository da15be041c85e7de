"""What a page costs at a hundred thousand people: time of the processor, whatever else runs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from time import process_time

import pytest
from sqlalchemy import insert

from gateway.admin.pages.sections import ACTIONS, SECTIONS
from gateway.admin.roles import Role
from store.handles import new_id
from store.models import accounts
from tests.gateway.admin.pages.conftest import Come
from tests.gateway.admin.test_many_people import dear, every_row
from tests.gateway.conftest import PASSWORD, House

pytestmark = pytest.mark.slow
PEOPLE = 100_000


def crowd(house: House) -> None:
    """Add people as an import would leave them, and what happened to them."""
    now = house.clock.now()
    rows = [
        {
            "id": new_id(),
            "username": f"person{number:06}",
            "email": f"person{number:06}@example.org",
            "created_at": now,
            "disabled_at": now if number % 100 == 0 else None,
            "erase_at": now + timedelta(days=1) if number % 1000 == 0 else None,
        }
        for number in range(PEOPLE)
    ]
    with house.store.database.write() as connection:
        connection.execute(insert(accounts), rows)


def test_every_page_is_quick_at_a_hundred_thousand_people(house: House, come: Come) -> None:
    crowd(house)
    alice = house.enrolled("alice", password=PASSWORD)
    house.chatbot("bot")
    operator = come(Role.ADMIN)
    asked = [
        "/admin",
        *(f"/admin/{name}" for name in SECTIONS),
        f"/admin/people/{alice}",
        "/admin/clients/bot",
        "/admin/people?username=099999",
        "/admin/people?username=nobody-at-all",
        "/admin/people?disabled=true&leaving=true",
        "/admin/people?after=person050000",
        *(f"/admin/do/{name}?person={alice}&client_id=bot" for name in ACTIONS),
    ]
    calls = {path: partial(operator.client.get, path) for path in asked}
    look = partial(every_row, house, accounts.c.username, accounts.c.email)
    assert dear(calls, look, process_time) == {}
