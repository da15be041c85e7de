"""A person lets a device in, and answers a backend, with everything in place: logins and forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from store.client_metadata import ClientMetadata
from store.clients import secret_digest
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.gateway.oidc.backchannel.backend import GRANT_TYPE as CIBA
from tests.gateway.oidc.backchannel.backend import Backend
from tests.gateway.oidc.device.terminal import GRANT_TYPE as DEVICE
from tests.gateway.oidc.device.terminal import Terminal
from tests.gateway.oidc.relying_party import SECRET, RelyingParty, refused
from tests.walks.person import Person

STEP = timedelta(seconds=30)


@pytest.fixture
def programs(house: House) -> FlaskClient:
    """A network of programs, with a public device and a backend registered in it."""
    house.enrolled("ada", password=PASSWORD, totp=SEED)
    house.chatbot("chatbot")
    with house.store.write() as tx:
        made = tx.clients.get("chatbot")
        assert made is not None
        speaker = ClientMetadata(grant_types=(DEVICE,))
        tx.clients.add(replace(made, id="speaker", name="Speaker", metadata=speaker))
        bank = ClientMetadata(grant_types=(CIBA,), backchannel_token_delivery_mode="poll")
        secret = secret_digest(SECRET)
        tx.clients.add(replace(made, id="bank", name="Bank", secret_hash=secret, metadata=bank))
    return house.app.test_client()


def log_in(house: House, person: Person) -> None:
    """Log in with both factors, each code once."""
    house.clock.advance(STEP)
    person.log_in("ada", PASSWORD)
    prove(house, person)


def prove(house: House, person: Person) -> None:
    if "/factor" in person.page.text:
        person.choose("Authenticator app")
    person.answer(code=house.totp())


def test_a_device_is_let_in(house: House, programs: FlaskClient) -> None:
    terminal, person = Terminal(RelyingParty(programs, "speaker", "", None)), house.person()
    code = terminal.start()["user_code"]
    person.go("/device", user_code=code)
    person.fill(person.form(action="/device"))
    log_in(house, person)
    assert code in person.words
    assert "Allow Speaker on your device?" in person.words
    refused(terminal.poll(), "authorization_pending")
    person.fill(person.form(action="/device/"), decision="allow")
    assert "You can close this page" in person.words
    assert terminal.poll().get_json()["token_type"] == "Bearer"


def test_a_code_that_leads_nowhere_can_be_mended(house: House, programs: FlaskClient) -> None:
    person = house.person()
    person.go("/device")
    person.fill(person.form(action="/device"), user_code="BBBB-BBBB")
    assert person.page.status_code == 400
    assert "leads nowhere" in person.words
    assert person.form(action="/device").fields["user_code"] == "BBBB-BBBB"
    assert programs


def test_whoever_leaves_the_login_is_back_at_the_code(house: House, programs: FlaskClient) -> None:
    terminal, person = Terminal(RelyingParty(programs, "speaker", "", None)), house.person()
    person.go("/device")
    person.fill(person.form(action="/device"), user_code=terminal.start()["user_code"])
    person.fill(person.form(action="/cancel"))
    assert person.path == "/device"


def reached(house: House) -> Person:
    """Somebody whose phone requests reach."""
    person = house.person()
    person.go("/requests")
    person.log_in("ada", PASSWORD)
    person.fill(person.form(action="/requests/device"))
    assert "/login/" in person.path, "a device is chosen by more than a password"
    prove(house, person)
    person.fill(person.form(action="/requests/device"))
    assert "Nothing waits for you." in person.words
    return person


def ask(backend: Backend, **said: str) -> dict[str, Any]:
    return backend.ask(**{"binding_message": "Order 7", **said})


def test_a_backend_is_answered(house: House, programs: FlaskClient) -> None:
    person, bank = reached(house), Backend(RelyingParty(programs, "bank"))
    house.clock.advance(timedelta(seconds=1))
    number = ask(bank)["binding_number"]
    person.go("/requests")
    assert "Is this you?" in person.words
    assert "Order 7" in person.words
    person.fill(person.form(action="/number"), number=number)
    assert "/login/" in person.path, "proofs from before the request do not count"
    assert person.form(action="/login/").fields["username"] == "ada"
    log_in(house, person)
    assert "Allow Bank?" in person.words
    refused(bank.poll(), "authorization_pending")
    person.fill(person.form(action="sid="), decision="allow")
    assert "Allowed" in person.words
    assert bank.poll().status_code == 200


@pytest.mark.usefixtures("programs")
def test_a_chosen_device_is_known_again(house: House) -> None:
    kept = reached(house).client.get_cookie("gatehouse_browser")
    assert kept is not None
    assert kept.max_age is not None
    assert kept.max_age > timedelta(days=365).total_seconds()


def test_every_form_is_our_own(house: House, programs: FlaskClient) -> None:
    """A foreign page that posts here has no token of ours."""
    person = reached(house)
    ask(Backend(RelyingParty(programs, "bank")))
    person.go("/requests")
    addresses = ("/device", "/requests/device", "/requests/device/remove")
    for address in (*addresses, person.form(action="/number").action):
        assert person.client.post(address, data={"number": "11"}).status_code == 403
    refused_at = person.client.post("/oauth/device_authorization", data={"scope": "openid"})
    assert refused_at.status_code == 401
