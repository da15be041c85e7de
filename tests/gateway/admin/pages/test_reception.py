"""Who is let in to the admin pages: a passkey lately shown, and a role; and what is asked anew."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from contracts.factor import Proof
from gateway.admin.reception import IDLE, LONGEST, NO_PASSKEY, NO_ROLE
from gateway.admin.roles import Role
from tests.fakes.authenticator import Authenticator
from tests.gateway.admin.pages.conftest import Come, Operator
from tests.gateway.admin.test_setup import options
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

MINUTE = timedelta(minutes=1)
WEAK = Proof(user_verified=True, device_bound=True, alone=True)
OPEN, ENTRY = 200, 303


def asked(operator: Operator, path: str = "/admin") -> int:
    """Ask for a page; follow nothing."""
    return operator.client.get(path).status_code


def test_a_passkey_and_a_role_let_in(come: Come) -> None:
    operator = come(Role.VIEWER)
    assert asked(operator) == OPEN


def test_whoever_has_no_role_is_told_so(come: Come) -> None:
    nobody = come(None)
    answer = nobody.go("/admin/people")
    assert answer.status_code == 403
    assert str(NO_ROLE) in nobody.words
    assert "alice" not in answer.text


def test_a_role_opens_nothing_once_it_is_taken_away(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    assert asked(operator) == OPEN
    with house.store.write() as tx:
        tx.operators.withdraw(operator.id, 1)
    assert asked(operator) == 403


def test_a_disabled_operator_is_out(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    assert asked(operator) == OPEN
    with house.store.write() as tx:
        tx.accounts.set_disabled(operator.id, True)
    assert asked(operator) == ENTRY


def test_no_other_proof_will_do(come: Come) -> None:
    assert asked(come(Role.ADMIN, proof=WEAK)) == ENTRY


def test_a_browser_that_was_idle_proves_itself_anew(house: House, come: Come) -> None:
    operator = come(Role.ADMIN)
    assert asked(operator) == OPEN
    for _ in range(3):
        house.clock.advance(IDLE - MINUTE)
        assert asked(operator) == OPEN
    house.clock.advance(IDLE + MINUTE)
    assert asked(operator) == ENTRY
    assert asked(operator) == ENTRY, "asking does not wake it"
    assert operator.client.get("/account").status_code == OPEN
    assert asked(operator) == ENTRY, "nor do other pages"


def test_being_busy_lasts_twelve_hours(house: House, come: Come) -> None:
    operator, until = come(Role.ADMIN), house.clock.now() + LONGEST
    while house.clock.now() + IDLE < until:
        house.clock.advance(IDLE)
        assert asked(operator) == OPEN
    house.clock.advance(IDLE)
    assert asked(operator) == OPEN
    house.clock.advance(MINUTE)
    assert asked(operator) == ENTRY


@pytest.mark.parametrize("forged", ["{far}.{mac}", "{far}.", "x", ".", "{far}.\u00e9", "-1.{mac}"])
def test_nobody_says_themselves_when_they_were_here(house: House, come: Come, forged: str) -> None:
    operator = come(Role.ADMIN)
    operator.go("/admin")
    cookie = operator.client.get_cookie("gatehouse_admin")
    assert cookie
    house.clock.advance(IDLE + MINUTE)
    far = int(house.clock.now().timestamp())
    mac = cookie.value.partition(".")[2]
    operator.client.set_cookie("gatehouse_admin", forged.format(far=far, mac=mac))
    assert asked(operator) == ENTRY


def test_the_cookie_of_one_session_wakes_no_other(house: House, come: Come) -> None:
    operator, other = come(Role.ADMIN), come(Role.ADMIN)
    house.clock.advance(IDLE - MINUTE)
    operator.go("/admin")
    cookie = operator.client.get_cookie("gatehouse_admin")
    assert cookie
    house.clock.advance(2 * MINUTE)
    other.client.set_cookie("gatehouse_admin", cookie.value)
    assert asked(operator) == OPEN
    assert asked(other) == ENTRY


def test_what_is_dangerous_asks_for_a_new_proof_first(house: House, come: Come) -> None:
    operator, before = come(Role.ADMIN), keys(house)
    house.clock.advance(house.settings.span("fresh") - MINUTE)
    assert asked(operator, "/admin/keys") == OPEN
    house.clock.advance(2 * MINUTE)
    assert asked(operator, "/admin/keys") == OPEN
    entry = operator.client.get("/admin/do/keys.rotate")
    assert entry.status_code == ENTRY
    assert entry.headers["Location"].startswith("/login/")
    token = {"csrf": operator.go("/admin/do/people.add").text.partition('csrf" value="')[2][:64]}
    sent = operator.client.post("/admin/do/keys.rotate", data=token)
    assert sent.status_code == ENTRY
    assert keys(house) == before


def keys(house: House) -> list[str]:
    with house.store.read() as tx:
        return [key.kid for key in tx.keys.list()]


@pytest.fixture
def device(house: House) -> Authenticator:
    return Authenticator(house.settings.issuer)


def _with_passkey(house: House, device: Authenticator, username: str) -> Person:
    """Add a passkey on the account page, as everybody can."""
    account_id = house.enrolled(username, password=PASSWORD)
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    person.fill(person.form(action="/enroll/webauthn"))
    made = device.create(options(person.page, "passkey-create"))
    person.answer(credential=made, label="")
    with house.store.write() as tx:
        tx.operators.grant(account_id, Role.ADMIN, "system:0")
    return house.person()


def test_a_passkey_leads_back_to_the_page_that_was_asked_for(
    house: House, device: Authenticator
) -> None:
    person = _with_passkey(house, device, "alice")
    person.go("/admin/people", username="ali")
    assert person.path.startswith("/login/")
    person.fill(person.form(action="/factor", text="passkey"))
    person.answer(credential=device.get(options(person.page, "passkey-get")))
    assert person.path == "/admin/people"
    assert person.page.request.args["username"] == "ali"
    assert "alice" in person.words


def test_a_password_adds_no_passkey_on_the_way(house: House) -> None:
    """A stolen password and code must not be enough to become somebody who runs the house."""
    account_id = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.operators.grant(account_id, Role.ADMIN, "system:0")
    person = house.person()
    person.go("/admin")
    person.log_in("alice", PASSWORD)
    assert person.path == "/admin/enter"
    assert person.page.status_code == 403
    assert str(NO_PASSKEY) in person.words
    assert person.go("/admin").status_code == 403, "no loop, and no way in"


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example", "/\\evil.example", ""]
)
def test_entering_leads_nowhere_else(come: Come, where: str) -> None:
    operator = come(Role.ADMIN)
    answer = operator.client.get("/admin/enter", query_string={"to": where})
    assert answer.headers["Location"] == "/admin"


def test_a_login_says_where_it_came_from(come: Come, house: House) -> None:
    entry = house.person().client.get("/admin/people?username=a%26b")
    assert entry.status_code == ENTRY
    with house.store.database.read() as connection:
        [(found, wanted)] = connection.exec_driver_sql(
            "SELECT return_to, requirement FROM logins"
        ).all()
    assert parse_qs(urlsplit(found).query) == {"to": ["/admin/people?username=a%26b"]}
    said: dict[str, Any] = json.loads(wanted) if isinstance(wanted, str) else wanted
    assert (said["required_acr"], said["enrol"]) == ("phr", False)
