"""What a wrong password costs the databases does not depend on whose name it was tried for."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from store.models import credentials
from tests.gateway.conftest import PASSWORD, SEED, Build
from tests.gateway.test_rules import statements


@pytest.mark.parametrize("limits", ["on", "off"])
def test_every_name_costs_the_same_statements(build: Build, limits: str) -> None:
    """Time over a network is time of statements: one more would tell."""
    house = build(limits=limits)
    for name in ("known", "gone", "app", "off"):
        house.enrolled(name, password=PASSWORD, **({"totp": SEED} if name == "app" else {}))
    with house.store.write() as tx:
        gone, off = tx.accounts.find("gone"), tx.accounts.find("off")
        assert gone
        assert off
        tx.accounts.set_disabled(gone.id, True)
    with house.store.database.write() as connection:
        mine = credentials.c.account_id == off.id
        connection.execute(update(credentials).where(mine).values(disabled_at=house.clock.now()))
    came = {}
    for name in ("nobody", "known", "gone", "app", "off", "stranger"):
        person = house.person()
        person.go("/account")
        with statements() as seen:
            person.log_in(name, PASSWORD[::-1])
        came[name] = [text.partition(" WHERE")[0] for text in seen]
    came.pop("nobody")  # the first name that nobody has lets the process learn whom to read
    assert [name for name, texts in came.items() if texts != came["known"]] == []
