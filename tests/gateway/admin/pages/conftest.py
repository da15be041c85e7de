"""Operators in front of the admin pages, in a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from contracts.assurance import AuthEvent
from contracts.factor import Kind, Proof
from gateway.admin.roles import Role
from tests.gateway.conftest import House
from tests.walks.filled import filled
from tests.walks.person import Person

PASSKEY = Proof(user_verified=True, device_bound=True, phishing_resistant=True, alone=True)
BOTH = frozenset({Kind.POSSESSION, Kind.INHERENCE})


class Operator(Person):
    """A person who has a role and has just shown a passkey."""

    def __init__(self, house: House, username: str, proof: Proof = PASSKEY) -> None:
        super().__init__(house.app)
        self.house = house
        with house.store.write() as tx:
            found = tx.accounts.find(username) or tx.accounts.add(username)
            shown = AuthEvent("webauthn", BOTH, ("hwk", "pop", "user"), proof, house.clock.now())
            self.cookie, session = tx.sessions.open(found.id, [shown], timedelta(days=1))
        self.id, self.sid = found.id, session.sid
        self.client.set_cookie("gatehouse_session", self.cookie)
        self.client.environ_base |= {"HTTP_ACCEPT": "text/html"}

    def do(self, operation: str, given: dict[str, str] | None = None, **typed: Any) -> TestResponse:
        """Open the form of an operation, fill it in and send it."""
        self.go(f"/admin/do/{operation}", **(given or {}))
        return self.send(**typed)

    def send(self, **typed: Any) -> TestResponse:
        """Fill in the form of this page, which goes where it was shown, and send it."""
        [values] = [v for action, v in filled(self.page.text) if not action and "csrf" in v]
        where = f"{self.path}?{self.page.request.query_string.decode()}"
        return self._follow(self.client.post(where, data={**values, **typed}))


Come = Callable[..., Operator]


@pytest.fixture
def come(house: House) -> Come:
    """Let an operator of a role come to the pages."""

    def come(role: Role | None = Role.ADMIN, username: str = "", **proof: Any) -> Operator:
        operator = Operator(house, username or (role or "nobody"), **proof)
        if role is not None:
            with house.store.write() as tx:
                tx.operators.grant(operator.id, role, "system:0")
        return operator

    return come
