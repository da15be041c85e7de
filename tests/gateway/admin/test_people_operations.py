"""What operators do with people: look for them, bring them in, keep them out, let them go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, Expired, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.staff import ROOT, able, events
from tests.gateway.conftest import PASSWORD, House

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def call(desk: Desk, actor: Actor, name: str, **fields: object) -> dict[str, Any]:
    return desk.call(actor, name, fields).model_dump()


def names(desk: Desk, **fields: object) -> list[str]:
    found = call(desk, ROOT, "people.list", **fields)
    return [each["username"] for each in found["people"]]


def test_people_are_listed_page_by_page_and_filtered(house: House, desk: Desk) -> None:
    people = {name: house.enrolled(name) for name in ("ada", "adam", "bob", "cyd", "dan")}
    call(desk, ROOT, "people.disable", person=people["bob"])
    call(desk, ROOT, "people.erase", person=people["dan"])
    seen: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while not seen or page["next"]:
        page = call(desk, ROOT, "people.list", limit=2, after=page["next"])
        seen += [each["username"] for each in page["people"]]
    assert seen == ["ada", "adam", "bob", "cyd", "dan"]
    assert names(desk, username="AD") == ["ada", "adam"]
    assert names(desk, username="%") == []
    assert names(desk, disabled=True) == ["bob"]
    assert names(desk, disabled=False, leaving=False) == ["ada", "adam", "cyd"]
    assert names(desk, leaving=True) == ["dan"]


@ON_SQLITE
def test_a_name_is_found_as_its_owner_writes_it(house: House, desk: Desk) -> None:
    account = house.enrolled("alice")
    assert call(desk, ROOT, "people.find", username=" ALICE ")["id"] == account
    with pytest.raises(BadRequest, match="There is no account alicia"):
        call(desk, ROOT, "people.find", username="alicia")
    with pytest.raises(BadRequest, match="no such person"):
        call(desk, ROOT, "people.get", person="0" * 32)


@ON_SQLITE
def test_a_person_is_shown_with_how_much_there_is(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    call(desk, ROOT, "recoveries.start", person=account, reason="")
    found = call(desk, ROOT, "people.get", person=account)
    counts = {name: found[name] for name in ("factors", "sessions", "applications")}
    assert counts == {"factors": 2, "sessions": 1, "applications": 0}
    assert (found["recovery"], found["role"]) == ("waiting", None)


@ON_SQLITE
def test_whoever_may_only_look_sees_no_whole_address(house: House, desk: Desk, act: Act) -> None:
    account = house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    person = house.person()
    person.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    person.go("/account")
    person.log_in("alice", PASSWORD)
    reading = ("people.get", "factors.list", "sessions.list", "people.history")
    for role, seen in ((Role.VIEWER, False), (Role.HELPDESK, True), (Role.AUDITOR, True)):
        told = [call(desk, act(role), name, person=account) for name in reading]
        told.append(call(desk, act(role), "people.list", username="alice"))
        shown = json.dumps(told, default=str)
        assert ("198.51.100.7" in shown, "alice@example.org" in shown) == (seen, seen), role
        assert told[0]["email"] == ("alice@example.org" if seen else "a•••@example.org")


@ON_SQLITE
def test_a_person_is_added_and_may_begin_with_what_they_have(house: House, desk: Desk) -> None:
    added = call(
        *(desk, ROOT, "people.add"), username="Alice", email="a@example.org", password=PASSWORD
    )
    assert added["username"] == "alice"
    assert PASSWORD not in json.dumps(added, default=str)
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert "alice" in person.words
    with pytest.raises(Conflict, match="account of this name already"):
        call(desk, ROOT, "people.add", username="alice")
    with pytest.raises(BadRequest):
        call(desk, ROOT, "people.add", username="bob", password=PASSWORD[:5])
    assert names(desk) == ["alice"]


@ON_SQLITE
def test_an_invitation_is_shown_once(house: House, desk: Desk) -> None:
    invited = call(desk, ROOT, "people.invite", username="ann", email="ann@example.org", send=True)
    assert invited["link"].startswith("http://localhost:8080/enroll/ticket#")
    [letter] = house.sent()
    assert invited["link"] in letter["text"]
    assert events(house)[0] == "account.invited"


def test_a_person_is_kept_out_and_let_in_again(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert call(desk, ROOT, "people.disable", person=account)["disabled_at"]
    assert "/login/" in person.go("/account").request.path
    assert call(desk, ROOT, "people.enable", person=account)["disabled_at"] is None
    assert events(house)[:2] == ["account.enabled", "account.disabled"]


def test_a_person_is_erased_after_the_grace_or_stays(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    at = call(desk, ROOT, "people.erase", person=account)["erase_at"]
    assert at == house.clock.now() + house.settings.erasure_grace
    assert call(desk, ROOT, "people.keep", person=account)["erase_at"] is None
    with pytest.raises(Expired):
        call(desk, ROOT, "people.keep", person=account)
    assert call(desk, ROOT, "people.erase_now", person=account)["id"] == account
    assert names(desk) == []
    with pytest.raises(BadRequest, match="no such person"):
        call(desk, ROOT, "people.erase_now", person=account)


@ON_SQLITE
def test_an_export_asked_for_twice_is_noted_once(house: House, desk: Desk) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    first = call(desk, ROOT, "people.export", person=account, key="a1")
    again = call(desk, ROOT, "people.export", person=account, key="a1")
    assert first["export"]["account"]["username"] == "alice"
    assert first["export"]["factors"] == again["export"]["factors"]
    assert events(house).count("account.exported") == 1
    call(desk, ROOT, "people.export", person=account, key="b2")
    call(desk, ROOT, "people.export", person=account)
    assert events(house).count("account.exported") == 3


@ON_SQLITE
def test_the_history_is_that_of_the_person(house: House, desk: Desk, act: Act) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    with house.store.write() as tx:
        for number in range(60):
            tx.audit.add("factor.rejected", account_id=account, detail={"score": number})
    page = call(desk, act(Role.HELPDESK), "people.history", person=account)
    rest = call(desk, act(Role.HELPDESK), "people.history", person=account, after=page["next"])
    told = page["history"] + rest["history"]
    assert [each["words"] for each in told].count(
        "A wrong answer was given when somebody logged in"
    ) == 60
    assert "score" not in json.dumps(told, default=str)
    assert rest["next"] == ""


@ON_SQLITE
def test_no_invitation_opens_the_account_of_somebody_with_a_role(
    house: House, desk: Desk, act: Act
) -> None:
    """The first admin has nothing yet: between the set-up and the passkey nobody slips in."""
    with house.store.write() as tx:
        root = tx.accounts.add("root")
        tx.operators.grant(root.id, Role.ADMIN, ROOT.id)
    guest = {"username": "root", "email": "eve@example.net"}
    with pytest.raises(NotAllowed):
        call(desk, act(Role.OPERATOR), "people.invite", **guest)
    with pytest.raises(NotAllowed):
        call(desk, act(Role.OPERATOR), "tickets.issue", person=root.id)


HELD_BY_ADMINS = {
    "people.disable": {},
    "people.enable": {},
    "people.erase": {},
    "people.keep": {},
    "applications.withdraw": {"client_id": "bot"},
    "factors.remove": {"factor": "0" * 32},
    "templates.revert": {"factor": "0" * 32},
    "recoveries.approve": {},
    "tickets.issue": {},
}


@ON_SQLITE
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_whoever_has_a_role_is_looked_after_by_admins(
    house: House, desk: Desk, act: Act, role: Role
) -> None:
    them = able(house, "them", role)
    for name, more in HELD_BY_ADMINS.items():
        with pytest.raises(NotAllowed) as error:
            call(desk, act(Role.OPERATOR), name, person=them.id, **more)
        assert "only an admin" in str(error.value.public)
        with house.store.read() as tx:
            [refused] = tx.audit.list(1)
        assert (refused.event, refused.detail["operation"]) == ("admin.refused", name)
