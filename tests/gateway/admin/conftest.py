"""The desk of a house, and whoever stands before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from tests.gateway.conftest import House

Act = Callable[[Role], Actor]
Call = Callable[..., Any]


@pytest.fixture
def desk(house: House) -> Desk:
    return open_desk(house.settings, house.store, house.clock)


@pytest.fixture
def act(house: House) -> Act:
    """Make an operator of a role."""

    def act(role: Role) -> Actor:
        with house.store.write() as tx:
            account = tx.accounts.find(role) or tx.accounts.add(role)
            tx.operators.grant(account.id, role, "system:0")
        return Actor(account.id, account.username, role, "203.0.113.9")

    return act


@pytest.fixture
def call(desk: Desk, act: Act) -> Call:
    """Ask for operations as an admin."""
    admin = act(Role.ADMIN)
    return lambda operation, /, **taken: desk.call(admin, operation, taken)
