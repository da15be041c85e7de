"""A hundred thousand clients that registered themselves: any page of them is as cheap as one."""

from __future__ import annotations

from functools import partial

import pytest

from store.models import clients
from tests.gateway.admin.conftest import Call
from tests.gateway.admin.test_many_people import dear, every_row, spent
from tests.gateway.conftest import House

pytestmark = pytest.mark.slow
MANY = 100_000
PAGES: dict[str, dict[str, object]] = {
    "the first": {},
    "the middle": {"after": "agent050000"},
    "a common part": {"words": "Agent"},
    "a rare part": {"words": "99999"},
    "a part of none": {"words": "zzz"},
    "of operators": {"source": "operator"},
    "a large page": {"limit": 200},
}


def crowd(house: House) -> None:
    row = {
        **{"secret_hash": None, "redirect_uris": ["https://agent.example/"], "audience": "a"},
        **{"scope": "openid", "require_acr": "mfa", "consent": True, "token_alg": "ES256"},
        **{"access_token_seconds": 300, "source": "dynamic", "metadata": {}, "version": 1},
        "created_at": house.clock.now(),
    }
    names = (f"agent{number:06}" for number in range(MANY))
    rows = [{**row, "id": name, "name": name.title()} for name in names]
    with house.store.database.write() as connection:
        connection.execute(clients.insert(), rows)
        connection.exec_driver_sql("ANALYZE clients")  # as PostgreSQL does by itself in a while


def test_every_page_is_cheap(house: House, call: Call, database: str) -> None:
    crowd(house)
    calls = {name: partial(call, "clients.list", **page) for name, page in PAGES.items()}
    look = partial(every_row, house, clients.c.id, clients.c.name)
    assert dear(calls, look, spent(database)) == {}
