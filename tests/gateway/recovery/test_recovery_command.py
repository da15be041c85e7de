"""Operators begin recoveries: they are who the system says, choose no secret, may need a second."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from contracts.errors import BadRequest, NotAllowed
from gateway.admin.actor import user_of_the_system
from gateway.cli import main
from gateway.opening import open_store
from gateway.recovery.duty import remind_when_due
from gateway.recovery.opened import open_recoveries
from gateway.recovery.operating import Operating, Ordered
from gateway.settings import load
from store import Store
from tests.gateway.conftest import House
from tests.gateway.recovery.conftest import (
    CLAIM,
    DAY,
    adds_password,
    alice,
    begun,
    claims,
    events,
    stop_code,
)

Run = Callable[..., Result]
ANN, BOB = "system:1001", "system:1002"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def operating(house: House) -> Operating:
    recoveries = open_recoveries(house.store, house.settings, house.clock)
    return Operating(house.store, house.clock, recoveries)


def start(house: House, account: str, *, approval: bool = False) -> Ordered:
    return operating(house).start(account, ANN, "met at the desk", approval=approval)


@ON_SQLITE
def test_the_wait_and_the_messages_are_those_of_everybody(house: House) -> None:
    ordered = start(house, alice(house))
    [message] = house.sent()
    assert (message["to"], ordered.told) == ("alice@example.org", 1)
    assert "The people who run Gatehouse have begun" in message["text"]
    assert "/recover/stop#" in message["text"]
    assert ordered.claim not in message["text"]
    early = claims(house, ordered.claim)
    assert "too early" in early.words
    house.clock.advance(DAY)
    person = claims(house, ordered.claim)
    for way in ("Password", "Authenticator app", "Passkey"):
        assert way in person.words
    adds_password(person, "an entirely different phrase")
    assert "It is done" in person.words


@ON_SQLITE
def test_the_trail_says_why(house: House) -> None:
    ordered = start(house, alice(house))
    with house.store.read() as tx:
        [asked] = [each for each in tx.audit.list(9) if each.event == "recovery.asked"]
    assert asked.detail == {
        "recovery": ordered.id,
        "reason": "met at the desk",
        "approval": False,
    }


@ON_SQLITE
def test_the_person_stops_what_an_operator_began(house: House) -> None:
    account = alice(house)
    ordered = start(house, account)
    person = house.person()
    person.go("/recover/stop")
    person.fill(person.form(action="/recover/stop"), code=stop_code(house))
    house.clock.advance(DAY)
    assert claims(house, ordered.claim).page.status_code == 410
    start(house, account)
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


@ON_SQLITE
def test_four_eyes_are_two_people_and_the_second_gets_the_claim(house: House) -> None:
    account = alice(house)
    asked = start(house, account, approval=True)
    assert (asked.ready_at, asked.claim) == (None, "")
    assert house.sent() == []
    with pytest.raises(NotAllowed, match="Somebody else"):
        operating(house).approve(account, ANN)
    approved = operating(house).approve(account, BOB)
    assert approved.told == 1
    assert CLAIM.fullmatch(approved.claim)
    with pytest.raises(BadRequest, match="waits for no approval"):
        operating(house).approve(account, BOB)
    assert "too early" in claims(house, approved.claim).words
    house.clock.advance(DAY)
    assert "/recover/replace/" in claims(house, approved.claim).path
    with house.store.read() as tx:
        [found] = tx.recoveries.list(state=None, after=None, limit=9)
    assert (found.started_by, found.approved_by) == (ANN, BOB)
    assert "recovery.approved" in events(house)


@ON_SQLITE
def test_what_was_only_asked_for_is_taken_back_and_keeps_nobody_waiting(house: House) -> None:
    account = alice(house)
    start(house, account, approval=True)
    assert operating(house).stop(account, BOB)
    assert not operating(house).stop(account, BOB)
    begun(house)
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


@ON_SQLITE
def test_who_is_kept_out_is_not_recovered(house: House) -> None:
    account = alice(house)
    start(house, account, approval=True)
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    with pytest.raises(BadRequest, match="kept out"):
        operating(house).approve(account, BOB)
    with pytest.raises(BadRequest, match="kept out"):
        start(house, account)


@ON_SQLITE
def test_the_worker_reminds(house: House) -> None:
    alice(house)
    begun(house)
    remind_when_due(house.store, house.settings, house.clock)
    assert "recovery.reminded" not in events(house)
    house.clock.advance(DAY / 2)
    remind_when_due(house.store, house.settings, house.clock)
    remind_when_due(house.store, house.settings, house.clock)
    assert events(house).count("recovery.reminded") == 1


def test_an_operator_is_the_systems_user_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "LOGNAME", "SUDO_USER", "SUDO_UID", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    actor = user_of_the_system()
    assert actor.id == f"system:{os.getuid()}"
    assert "somebody-else" not in str(actor)


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path_factory.mktemp("data")))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def opened() -> Store:
    return open_store(load(), SystemClock())


def test_the_commands(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("user", "add", "alice", "--email", "alice@example.org")
    started = printed(run("recovery", "start", "alice", "--json"))
    assert CLAIM.fullmatch(started["claim"])
    assert started["addresses_told"] == 1
    [listed] = printed(run("recovery", "list", "--json"))
    assert (listed["username"], listed["state"]) == ("alice", "waiting")
    assert listed["started_by"] == str(user_of_the_system())
    assert started["claim"] not in json.dumps(listed)
    again = run("recovery", "start", "alice")
    assert again.exit_code == 1
    assert "under way already" in again.output
    assert run("recovery", "stop", "alice").exit_code == 0
    assert run("recovery", "stop", "alice").exit_code == 1
    monkeypatch.setenv("GATEHOUSE_RECOVERY_FOUR_EYES", "on")
    asked = printed(run("recovery", "start", "alice", "--json"))
    assert asked == {"next": "gatehouse recovery approve alice"}
    refused = run("recovery", "approve", "alice")
    assert "Somebody else has to approve it" in refused.output
    assert run("recovery", "start", "nobody").exit_code == 1


@pytest.mark.parametrize("hours", ["0", "-1", "721"])
def test_there_is_always_a_wait(run: Run, monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    monkeypatch.setenv("GATEHOUSE_RECOVERY_HOURS", hours)
    refused = run("user", "list")
    assert refused.exit_code == 2
    assert "GATEHOUSE_RECOVERY_HOURS" in refused.output
