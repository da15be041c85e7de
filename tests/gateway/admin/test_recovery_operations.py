"""Recoveries by operators: the helpdesk begins and never finishes; nobody recovers above them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.actor import Actor
from gateway.admin.desk import Desk
from gateway.admin.opened import open_desk
from gateway.admin.roles import Role
from gateway.recovery.service import RANKED
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.staff import ROOT, able
from tests.gateway.conftest import Build, House
from tests.gateway.recovery.conftest import (
    CLAIM,
    DAY,
    adds_password,
    alice,
    begun,
    claims,
    named,
    proves_app,
    proves_mail,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def call(desk: Desk, actor: Actor, name: str, **fields: object) -> dict[str, Any]:
    return desk.call(actor, f"recoveries.{name}", fields).model_dump()


def test_the_helpdesk_begins_and_whoever_approves_gets_the_claim(
    house: House, desk: Desk, act: Act
) -> None:
    account = alice(house)
    asked = call(desk, act(Role.HELPDESK), "start", person=account, reason="called us")
    assert (asked["approved"], asked["claim"], asked["ready_at"]) == (False, "", None)
    assert house.sent() == []
    with pytest.raises(NotAllowed):
        call(desk, act(Role.HELPDESK), "approve", person=account)
    approved = call(desk, act(Role.OPERATOR), "approve", person=account)
    assert approved["approved"]
    assert approved["addresses_told"] == 1
    house.clock.advance(DAY)
    person = claims(house, approved["claim"])
    adds_password(person, "an entirely different phrase")
    assert "It is done" in person.words


def test_nothing_shows_the_claim_again(house: House, desk: Desk, act: Act) -> None:
    account = alice(house)
    call(desk, act(Role.HELPDESK), "start", person=account)
    claim = call(desk, act(Role.OPERATOR), "approve", person=account)["claim"]
    assert CLAIM.fullmatch(claim)
    shown = [
        desk.call(ROOT, "recoveries.list", {}),
        desk.call(ROOT, "people.get", {"person": account}),
    ]
    with house.store.read() as tx:
        trail = [str(record) for record in tx.audit.list(50)]
    assert claim not in str(shown) + str(trail)
    with pytest.raises(BadRequest, match="waits for no approval"):
        call(desk, ROOT, "approve", person=account)


def test_nobody_approves_what_they_asked_for(build: Build, act: Act) -> None:
    house = build(recovery_four_eyes="on")
    desk, account = open_desk(house.settings, house.store, house.clock), alice(house)
    for actor in (act(Role.OPERATOR), act(Role.ADMIN), ROOT):
        assert not call(desk, actor, "start", person=account)["approved"]
        with pytest.raises(NotAllowed, match="Somebody else"):
            call(desk, actor, "approve", person=account)
        call(desk, act(Role.HELPDESK), "stop", person=account)


def test_an_operator_begins_alone_unless_four_eyes_are_wanted(
    house: House, desk: Desk, act: Act
) -> None:
    started = call(desk, act(Role.OPERATOR), "start", person=alice(house))
    assert started["approved"]
    assert CLAIM.fullmatch(started["claim"])
    with pytest.raises(Conflict, match="under way"):
        call(desk, act(Role.HELPDESK), "start", person=started_of(desk))


def started_of(desk: Desk) -> str:
    [one] = call(desk, ROOT, "list")["recoveries"]
    return str(one["person"])


def test_who_may_run_the_house_is_recovered_by_admins(house: House, desk: Desk, act: Act) -> None:
    otto = able(house, "otto", Role.VIEWER)
    for role in (Role.HELPDESK, Role.OPERATOR):
        assert not call(desk, act(role), "start", person=otto.id)["claim"]
        with pytest.raises(NotAllowed):
            call(desk, act(Role.OPERATOR), "approve", person=otto.id)
        call(desk, act(role), "stop", person=otto.id)
    assert call(desk, act(Role.ADMIN), "start", person=otto.id)["claim"]


def test_two_proofs_that_are_no_passkey_lead_to_no_role(house: House, desk: Desk) -> None:
    """Whoever phished a password and a code is not an operator a day later."""
    account = alice(house)
    with house.store.write() as tx:
        tx.operators.grant(account, Role.VIEWER, ROOT.id)
    person = named(house)
    proves_mail(house, person)
    proves_app(house, person)
    assert str(RANKED) in person.words
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account) is None


def test_they_are_listed_page_by_page_with_names(house: House, desk: Desk, act: Act) -> None:
    begun_by_themselves = alice(house)
    begun(house)
    others = [house.enrolled(f"person{number}") for number in range(3)]
    for account in others:
        call(desk, act(Role.HELPDESK), "start", person=account)
    call(desk, ROOT, "approve", person=others[0])
    seen: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": ""}
    while not seen or page["next"]:
        page = call(desk, act(Role.VIEWER), "list", limit=3, after=page["next"])
        seen += page["recoveries"]
    assert {each["person"] for each in seen} == {begun_by_themselves, *others}
    told = {each["username"]: (each["started_by"], each["approved_by"]) for each in seen}
    assert told["alice"] == ("", "")
    assert told["person0"] == ("helpdesk", str(Actor(ROOT.id, "root (0)", Role.ADMIN)))
    asked = call(desk, ROOT, "list", state="asked")["recoveries"]
    assert {each["person"] for each in asked} == set(others[1:])
    with pytest.raises(BadRequest, match="page before"):
        call(desk, ROOT, "list", after="nonsense")
    assert "claim" not in json.dumps(seen, default=str)


def test_each_step_and_whose_it_was_is_in_the_trail(house: House, desk: Desk, act: Act) -> None:
    account = alice(house)
    call(desk, act(Role.HELPDESK), "start", person=account, reason="called us")
    call(desk, act(Role.OPERATOR), "approve", person=account)
    call(desk, act(Role.HELPDESK), "stop", person=account)
    with house.store.read() as tx:
        trail = [each for each in tx.audit.list(50) if each.event.startswith("recovery.")]
    told = {each.event: each.actor.name if each.actor else "" for each in trail}
    assert told == {
        "recovery.asked": "helpdesk",
        "recovery.approved": "operator",
        "recovery.stopped": "helpdesk",
    }
    with pytest.raises(BadRequest, match="no recovery"):
        call(desk, act(Role.HELPDESK), "stop", person=account)
