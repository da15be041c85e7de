"""How many statements a request takes, on either database: those that begin and end it aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from store import Store
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.issued.test_revocation import introspect
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty
from tests.gateway.oidc.signing_party import SigningParty, add, metadata

ASIDE = ("BEGIN", "COMMIT", "PRAGMA")
ONCE = "INSERT INTO once "


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that run meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(ASIDE):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _warm(rp: RelyingParty, native: RelyingParty) -> None:
    """Clients and keys are remembered."""
    assert rp.token(grant_type="client_credentials").status_code == 200
    assert introspect(rp, native.tokens()["access_token"])["active"]


def test_client_credentials(rp: RelyingParty, prover: Prover) -> None:
    with counted() as plain:
        assert rp.token(grant_type="client_credentials").status_code == 200
    assert plain == []
    with counted() as bound:
        assert prover.token(rp, grant_type="client_credentials").status_code == 200
    assert [statement[: len(ONCE)] for statement in bound] == [ONCE]


def test_code_exchange(rp: RelyingParty, native: RelyingParty, prover: Prover) -> None:
    code = rp.code()
    with counted() as plain:
        assert rp.exchange(code).status_code == 200
    assert len(plain) == 4
    code = native.code()
    with counted() as bound:
        assert prover.exchange(native, code).status_code == 200
    assert len(without_once(bound)) == 5


def test_refresh(
    rp: RelyingParty, native: RelyingParty, bound: RelyingParty, prover: Prover
) -> None:
    token = rp.tokens()["refresh_token"]
    with counted() as rotated:
        assert rp.refresh(token).status_code == 200
    assert len(rotated) == 4
    token = prover.tokens(native)["refresh_token"]
    for _ in ("rotated", "repeated"):
        with counted() as of_key:
            assert prover.refresh(native, token).status_code == 200
        assert len(without_once(of_key)) == 4
    token = prover.tokens(bound)["refresh_token"]
    with counted() as kept:
        assert prover.refresh(bound, token).status_code == 200
    assert len(without_once(kept)) == 3


def test_a_token_that_is_looked_at(rp: RelyingParty) -> None:
    token = rp.tokens()["access_token"]
    for look in (lambda: introspect(rp, token), lambda: rp.userinfo(token).get_json()):
        with counted() as statements:
            assert look()["sub"]
        assert len(statements) == 1


def without_once(statements: list[str]) -> list[str]:
    """Leave out what a proof takes: its `jti` is spent."""
    left = [statement for statement in statements if not statement.startswith(ONCE)]
    assert len(left) == len(statements) - 1
    return left


def test_a_client_that_signs(
    rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
) -> None:
    add(store, registered, id="signer", metadata=metadata(), secret_hash=None)
    asked, party = {"grant_type": "client_credentials"}, SigningParty(clock)
    assert rp.browser.post("/oauth/token", data={**asked, **party.assertion()}).status_code == 200
    with counted() as signed:
        answer = rp.browser.post("/oauth/token", data={**asked, **party.assertion()})
    assert answer.status_code == 200
    assert [statement[: len(ONCE)] for statement in signed] == [ONCE]


def test_a_pushed_request(rp: RelyingParty) -> None:
    with counted() as pushing:
        answer = rp.browser.post("/oauth/par", data=rp.parameters(), headers=rp.basic())
    assert answer.status_code == 201
    assert [statement.split()[0] for statement in pushing] == ["INSERT"]
    query = {"client_id": "bot", "request_uri": answer.get_json()["request_uri"]}
    with counted() as using:
        assert rp.browser.get("/oauth/authorize", query_string=query).status_code == 303
    assert [statement.split()[0] for statement in using] == ["DELETE", "INSERT"]
