"""What a page costs at a hundred thousand people: time of the processor, whatever else runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from time import process_time

import pytest
from sqlalchemy import insert

from gateway.admin.pages.sections import ACTIONS, SECTIONS
from gateway.admin.roles import Role
from store.handles import new_id
from store.models import accounts, audit, biometric_consents, credentials, sessions
from tests.gateway.admin.pages.conftest import Come
from tests.gateway.admin.test_many_people import dear, every_row
from tests.gateway.conftest import PASSWORD, House

pytestmark = pytest.mark.slow
PEOPLE = 100_000


CAPTURES = ("factor.accepted", "factor.rejected", "sample.refused", "credential.added")


def crowd(house: House) -> list[str]:
    """Add people as an import would leave them; return their ids."""
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
    return [str(row["id"]) for row in rows]


@pytest.fixture
def emptied(house: House, database: str) -> Iterator[None]:
    """Empty so many rows at once: row by row a PostgreSQL that has not counted them takes long."""
    yield
    if database == "postgres":
        with house.store.database.write() as connection:
            connection.exec_driver_sql("TRUNCATE audit, accounts CASCADE")


def lived_in(house: House, people: list[str]) -> None:
    """Give each person a voice with its consent and a session, and the trail an entry of each."""
    now = house.clock.now()
    tables = {
        credentials: {"factor": "voice", "format": "toy/1", "label": "", "template": b"sealed",
                      "version": 1, "virtual": False, "failures": 0, "created_at": now},
        biometric_consents: {"factor": "voice", "version": 1, "given_at": now, "given_by": "self"},
        sessions: {"events": [], "created_at": now, "last_used_at": now,
                   "expires_at": now + timedelta(days=1)},
    }  # fmt: skip
    with house.store.database.write() as connection:
        for table, shared in tables.items():
            rows = [{**shared, **named(table.name, each)} for each in people]
            connection.execute(insert(table), rows)
        connection.execute(insert(audit), [entry(house, *each) for each in enumerate(people)])


def named(table: str, person: str) -> dict[str, str]:
    """Return what tells a person's row of a table from another's."""
    if table == sessions.name:
        return {"account_id": person, "id_hash": person, "sid": person}
    return {"account_id": person, "id": person}


def entry(house: House, number: int, person: str) -> dict[str, object]:
    """Return an entry of the trail as of a month in which everybody used their voice once."""
    return {
        "at": house.clock.now() - timedelta(minutes=number % 43_200),
        "event": CAPTURES[number % len(CAPTURES)],
        "subject": person,
        "facts": {"factor": "voice", "purpose": "verify", "reason": "too_quiet"},
        "writer": "crowd",
        "seq": number,
        "hash": "",
    }


@pytest.mark.usefixtures("emptied")
def test_every_page_is_quick_at_a_hundred_thousand_people(house: House, come: Come) -> None:
    lived_in(house, crowd(house))
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
