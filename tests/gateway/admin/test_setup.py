"""The first admin: a link that works once, an account that begins with a passkey."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from gateway.admin.roles import Role
from gateway.admin.setup import LIFETIME, PER_SOURCE, Setup
from tests.fakes.authenticator import Authenticator
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

ORIGIN = "http://localhost:8080"


@pytest.fixture
def setup(house: House) -> Setup:
    return Setup(house.settings, house.store, house.clock, house.factors)


def token(setup: Setup) -> str:
    return setup.link().link.partition("#")[2]


def options(page: Any, kind: str) -> dict[str, Any]:
    """Return what the page asks the browser's authenticator."""
    after = page.text.partition(f'data-ask="{kind}"')[2].partition("data-options='")[2]
    found: dict[str, Any] = json.loads(unescape(after.partition("'")[0]))
    return found


def begun(house: House, setup: Setup, username: str = "root", **more: str) -> Person:
    person = house.person()
    person.go("/admin/setup")
    ticket = more.pop("ticket", None)
    sent = {"ticket": token(setup) if ticket is None else ticket, "username": username, "email": ""}
    person.fill(person.form(action="/admin/setup"), **sent | more)
    return person


def finished(house: House, setup: Setup, device: Authenticator) -> Person:
    person = begun(house, setup)
    person.answer(credential=device.create(options(person.page, "passkey-create")))
    assert "Your account is ready" in person.words
    return person


def operators(house: House) -> list[tuple[str, str]]:
    with house.store.read() as tx:
        return [(each.username, each.role) for each in tx.operators.list()]


def events(house: House) -> set[str]:
    with house.store.read() as tx:
        return {each.event for each in tx.audit.list(20)}


def test_a_link_makes_an_admin_who_comes_in_with_a_passkey(house: House, setup: Setup) -> None:
    assert setup.needed()
    device = Authenticator(ORIGIN)
    finished(house, setup, device)
    assert operators(house) == [("root", "admin")]
    assert not setup.needed()
    assert "admin.setup" in events(house)

    person = house.person()
    person.go("/account")
    person.fill(person.form(action="/factor"))
    person.answer(credential=device.get(options(person.page, "passkey-get")))
    assert person.path == "/account"


def test_a_link_works_once_and_the_newest_alone(house: House, setup: Setup) -> None:
    old = token(setup)
    person = begun(house, setup)
    assert "passkey" in person.words
    for spent in (old, "nonsense", ""):
        stranger = begun(house, setup, "eve", ticket=spent)
        assert "not valid" in stranger.words
    assert operators(house) == [("root", "admin")]


def test_a_link_is_good_for_a_day(house: House, setup: Setup) -> None:
    given = token(setup)
    house.clock.advance(LIFETIME + timedelta(seconds=1))
    assert "not valid" in begun(house, setup, ticket=given).words
    assert operators(house) == []


def test_whoever_was_interrupted_goes_on_with_the_next_link(house: House, setup: Setup) -> None:
    begun(house, setup)
    assert setup.needed()
    device = Authenticator(ORIGIN)
    finished(house, setup, device)
    assert operators(house) == [("root", "admin")]


def test_a_name_that_somebody_has_is_refused_and_the_link_still_good(
    house: House, setup: Setup
) -> None:
    house.enrolled("alice", password=PASSWORD)
    with house.store.write() as tx:
        tx.accounts.add("bob")
    given = token(setup)
    for name in ("alice", "bob"):
        assert "taken" in begun(house, setup, name, ticket=given).words
    assert operators(house) == []
    assert "passkey" in begun(house, setup, "carol", ticket=given).words
    assert operators(house) == [("carol", "admin")]


@pytest.mark.parametrize("sent", [{"username": ""}, {"username": "x" * 300}, {"email": "nowhere"}])
def test_what_is_unfit_is_told_at_the_form(
    house: House, setup: Setup, sent: dict[str, str]
) -> None:
    given = token(setup)
    person = house.person()
    person.go("/admin/setup")
    form = person.form(action="/admin/setup")
    person.fill(form, **{"ticket": given, "username": "root", "email": "", **sent})
    assert person.page.status_code == 400
    assert person.form(action="/admin/setup").fields["ticket"] == given
    assert operators(house) == []


def test_there_is_no_way_in_beside_an_admin_who_is_there(house: House, setup: Setup) -> None:
    given = token(setup)
    device = Authenticator(ORIGIN)
    finished(house, setup, device)
    late = begun(house, setup, "eve", ticket=given)
    assert "not valid" in late.words
    assert "admin already" in begun(house, setup, "eve").words
    assert operators(house) == [("root", "admin")]


def test_an_admin_begins_with_nothing_but_a_passkey(house: House, setup: Setup) -> None:
    person = begun(house, setup)
    page = person.go("/enroll/")
    assert "Passkey" in page.text
    assert "/enroll/password" not in page.text
    csrf = person.form(action="/enroll/webauthn").fields["csrf"]
    answer = person.client.post("/enroll/password", data={"csrf": csrf})
    assert answer.status_code == 403


def test_tries_are_counted(house: House, setup: Setup) -> None:
    for _ in range(PER_SOURCE):
        begun(house, setup, ticket="wrong")
    assert begun(house, setup).page.status_code == 429
    assert operators(house) == []


def test_a_page_of_somebody_else_cannot_spend_a_link(house: House, setup: Setup) -> None:
    sent = {"ticket": token(setup), "username": "root"}
    assert house.app.test_client().post("/admin/setup", data=sent).status_code == 403


def with_role(house: House, name: str, **factors: str) -> str:
    account_id = house.enrolled(name, **factors)
    with house.store.write() as tx:
        tx.operators.grant(account_id, Role.ADMIN, "system:0")
    return account_id


def test_a_stolen_password_and_code_add_no_passkey_to_whoever_has_a_role(house: House) -> None:
    """Not on the way of a login and not at the account page: it would open the house."""
    with_role(house, "ada", password=PASSWORD, totp=SEED)
    thief = house.person()
    thief.authorize(house.chatbot("strong", acr="phr"))
    thief.log_in("ada", PASSWORD)
    assert "Authenticator app" in thief.words
    thief.choose("Authenticator app")
    thief.answer(code=house.totp())
    assert thief.arrived["error"] == "unmet_authentication_requirements"
    thief.go("/account")
    csrf = thief.form(action="/logout").fields["csrf"]
    thief._follow(thief.client.post("/enroll/webauthn", data={"csrf": csrf}))
    assert "passkey-create" not in thief.page.text
    assert thief.path == "/account"


def test_people_without_a_role_add_a_passkey_as_before(house: House) -> None:
    house.enrolled("bob", password=PASSWORD, totp=SEED)
    bob = house.person()
    bob.authorize(house.chatbot("strong", acr="phr"))
    bob.log_in("bob", PASSWORD)
    bob.choose("Authenticator app")
    bob.answer(code=house.totp())
    assert bob.form(action="/factor", text="Passkey")
