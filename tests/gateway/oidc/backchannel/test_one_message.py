"""A backend asks a person, who is elsewhere, for one message: as strictly as in front of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask

from store import Store
from store.accounts import Account
from tests.gateway.oidc.backchannel.backend import Backend, Phone
from tests.gateway.oidc.relying_party import RelyingParty, Visitor
from tests.gateway.oidc.resources.test_message import KEPT, TEXT, detail, everything, shapes


@pytest.fixture
def bank(app: Flask, store: Store) -> Backend:
    """A bank that may have messages confirmed, and is content with one factor otherwise."""
    with store.write() as tx:
        client = tx.clients.get("bank")
        assert client
        metadata = replace(client.metadata, authorization_details_types=("message",))
        tx.clients.put(replace(client, metadata=metadata, require_acr="aal1"))
    return Backend(RelyingParty(app.test_client(), "bank"))


@pytest.fixture
def hint(bank: Backend, account: Account) -> str:
    token: str = bank.rp.tokens()["id_token"]
    return token


def ask(bank: Backend, hint: str) -> str:
    """Ask for the message and return the number that the backend shows."""
    asked = {"authorization_details": detail(), "scope": "openid offline_access"}
    return str(bank.ask(login_hint=None, id_token_hint=hint, **asked)["binding_number"])


def test_only_where_an_id_token_says_who(bank: Backend) -> None:
    answer = bank.post(authorization_details=detail())
    assert answer.get_json()["error"] == "invalid_authorization_details"


def test_claims_do_not_say_who(bank: Backend, account: Account) -> None:
    """`claims` is no parameter of CIBA (section 7.1): with it a login_hint would be enough."""
    claims = json.dumps({"id_token": {"sub": {"value": account.id}}})
    answer = bank.post(authorization_details=detail(), claims=claims)
    assert answer.get_json()["error"] == "invalid_authorization_details"


def test_it_is_shown_in_full_and_the_token_is_for_it_alone(
    bank: Backend, phone: Phone, hint: str
) -> None:
    number = ask(bank, hint)
    page = phone.get(phone.page(number)).text
    assert "Transfer 4,200 € to &lt;b&gt;Bob&lt;/b&gt;,\nand tell nobody." in page


def test_the_token_is_for_it_alone(bank: Backend, phone: Phone, hint: str, store: Store) -> None:
    number = ask(bank, hint)
    assert phone.decide(number).status_code == 200
    body = bank.poll().get_json()
    assert (body["expires_in"], body["authorization_details"]) == (60, [KEPT])
    assert (body["scope"], "refresh_token" in body) == ("openid", False)


def test_one_factor_is_not_enough(bank: Backend, phone: Phone, hint: str, visitor: Visitor) -> None:
    number = ask(bank, hint)
    assert visitor.assurance
    visitor.assurance = replace(visitor.assurance, acr="aal1")
    assert phone.get(phone.page(number)).location == "/login/begun"
    assert visitor.begun[-1][0].required_acr == "mfa"


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_the_text_is_gone_with_the_decision(
    bank: Backend, phone: Phone, hint: str, store: Store, decision: str
) -> None:
    number = ask(bank, hint)
    waiting = everything(store)
    phone.decide(number, decision)
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT request FROM backchannel_requests").all()
    assert [bytes(row[0]) for row in rows] == [b""]
    for shape in [part for line in TEXT.split("\n") for part in shapes(line)]:
        assert shape not in waiting
        assert shape not in everything(store)
