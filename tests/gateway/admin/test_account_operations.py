"""What operators do with what people have: ways to log in, sessions, applications, tickets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.errors import BadRequest, NotAllowed
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from tests.gateway.account.test_account import allowed
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.staff import ROOT, events
from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def call(desk: Desk, name: str, **fields: object) -> dict[str, Any]:
    return desk.call(ROOT, name, fields).model_dump()


def logged_in(house: House) -> Person:
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    return person


def test_ways_to_log_in_are_listed_and_nothing_of_what_is_in_them(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED, otp="alice@example.org")
    found = call(desk, "factors.list", person=account)["factors"]
    assert {each["factor"] for each in found} == {"password", "totp", "otp"}
    assert {each["title"] for each in found} >= {"Password", "Authenticator app"}
    shown = json.dumps(found, default=str)
    for hidden in (SEED, "argon2", "template", "alice@"):
        assert hidden not in shown


def held(desk: Desk, account: str, factor: str) -> str:
    found = call(desk, "factors.list", person=account)["factors"]
    return next(str(each["id"]) for each in found if each["factor"] == factor)


def test_a_way_to_log_in_is_removed_and_its_person_told(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = logged_in(house)
    totp, password = held(desk, account, "totp"), held(desk, account, "password")
    call(desk, "factors.remove", person=account, factor=totp)
    [letter] = house.sent()
    assert "You can no longer log in" in letter["text"]
    assert "credential.removed" in events(house)
    assert person.go("/account").request.path == "/account"
    with pytest.raises(NotAllowed, match="would not be enough"):
        call(desk, "factors.remove", person=account, factor=password)
    with pytest.raises(BadRequest, match="no such way"):
        call(desk, "factors.remove", person=account, factor=totp)


def test_and_logged_out_everywhere_where_that_is_wanted(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = logged_in(house)
    totp = held(desk, account, "totp")
    call(desk, "factors.remove", person=account, factor=totp, end_sessions=True)
    assert "/login/" in person.go("/account").request.path


def test_another_persons_way_is_not_theirs(house: House, desk: Desk) -> None:
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    bob = house.enrolled("bob", password=PASSWORD, totp=SEED)
    totp = held(desk, bob, "totp")
    with pytest.raises(BadRequest):
        call(desk, "factors.remove", person=alice, factor=totp)


def test_the_helpdesk_ends_sessions(house: House, desk: Desk, act: Act) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    first, second, third = logged_in(house), logged_in(house), logged_in(house)
    found = call(desk, "sessions.list", person=account)["sessions"]
    assert len(found) == 3
    helpdesk = act(Role.HELPDESK)
    ended = {"person": account, "session": found[0]["id"]}
    desk.call(helpdesk, "sessions.end", ended)
    assert len(call(desk, "sessions.list", person=account)["sessions"]) == 2
    with pytest.raises(BadRequest, match="no such session"):
        desk.call(helpdesk, "sessions.end", ended)
    desk.call(helpdesk, "sessions.end_all", {"person": account})
    for person in (first, second, third):
        assert "/login/" in person.go("/account").request.path
    assert {"session.ended", "sessions.ended"} <= set(events(house))


def test_what_an_application_may_have_is_withdrawn(house: House, desk: Desk) -> None:
    allowed(house)
    account = call(desk, "people.find", username="alice")["id"]
    first, *others = call(desk, "applications.list", person=account)["applications"]
    assert first["until"]
    call(desk, "applications.withdraw", person=account, client_id=first["client_id"])
    assert call(desk, "applications.list", person=account)["applications"] == others
    assert "consent.withdrawn" in events(house)


def test_a_ticket_opens_an_account_once(house: House, desk: Desk) -> None:
    account = house.enrolled("ann")
    made = call(desk, "tickets.issue", person=account)
    assert made["valid_until"] == house.clock.now() + house.settings.span("ticket")
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=made["ticket"])
    assert "Password" in person.words
    call(desk, "people.disable", person=account)
    with pytest.raises(BadRequest, match="no active account"):
        call(desk, "tickets.issue", person=account)
