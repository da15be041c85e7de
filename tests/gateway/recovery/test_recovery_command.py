"""Operators begin recoveries: they are who the system says, choose no secret, may need a second."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from gateway.cli import main
from gateway.opening import open_store
from gateway.recovery.duty import remind_when_due
from gateway.recovery.opened import open_recoveries
from gateway.recovery.operating import Operating, Operator, operator
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
ANN, BOB = Operator(1001, "ann"), Operator(1002, "bob")
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def operating(house: House, *, four_eyes: bool = False) -> Operating:
    recoveries = open_recoveries(house.store, house.settings, house.clock)
    return Operating(house.store, house.clock, recoveries, four_eyes=four_eyes)


@ON_SQLITE
def test_the_wait_and_the_messages_are_those_of_everybody(house: House) -> None:
    alice(house)
    ordered = operating(house).start("alice", ANN, "met at the desk")
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
def test_the_trail_names_who_it_was_and_why(house: House) -> None:
    alice(house)
    operating(house).start("alice", ANN, "met at the desk")
    with house.store.read() as tx:
        [asked] = [each for each in tx.audit.list(9) if each.event == "recovery.asked"]
    assert asked.detail == {
        "operator": "ann (1001)",
        "reason": "met at the desk",
        "four_eyes": False,
    }


@ON_SQLITE
def test_the_person_stops_what_an_operator_began(house: House) -> None:
    account = alice(house)
    ordered = operating(house).start("alice", ANN, "")
    person = house.person()
    person.go("/recover/stop")
    person.fill(person.form(action="/recover/stop"), code=stop_code(house))
    house.clock.advance(DAY)
    assert claims(house, ordered.claim).page.status_code == 410
    operating(house).start("alice", ANN, "spoke with them again")
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


@ON_SQLITE
def test_four_eyes_are_two_people(house: House) -> None:
    alice(house)
    both = operating(house, four_eyes=True)
    ordered = both.start("alice", ANN, "")
    assert ordered.ready_at is None
    assert house.sent() == []
    house.clock.advance(DAY)
    assert claims(house, ordered.claim).page.status_code == 410
    with pytest.raises(Exception, match="Somebody else"):
        both.approve("alice", ANN)
    assert both.approve("alice", BOB) == 1
    with pytest.raises(Exception, match="waits for no approval"):
        both.approve("alice", BOB)
    assert "too early" in claims(house, ordered.claim).words
    house.clock.advance(DAY)
    assert "/recover/replace/" in claims(house, ordered.claim).path
    [(name, found)] = both.list()
    assert (name, found.started_by, found.approved_by) == ("alice", "ann (1001)", "bob (1002)")
    assert "recovery.approved" in events(house)


@ON_SQLITE
def test_what_was_only_asked_for_is_taken_back_and_keeps_nobody_waiting(house: House) -> None:
    account = alice(house)
    both = operating(house, four_eyes=True)
    both.start("alice", ANN, "")
    assert both.stop("alice", BOB)
    assert not both.stop("alice", BOB)
    begun(house)
    with house.store.read() as tx:
        assert tx.recoveries.under_way(account)


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
    assert operator().uid == os.getuid()
    assert "somebody-else" not in str(operator())


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
    assert listed["started_by"] == str(operator())
    assert started["claim"] not in json.dumps(listed)
    again = run("recovery", "start", "alice")
    assert again.exit_code == 1
    assert "under way already" in again.output
    assert run("recovery", "stop", "alice").exit_code == 0
    assert run("recovery", "stop", "alice").exit_code == 1
    monkeypatch.setenv("GATEHOUSE_RECOVERY_FOUR_EYES", "on")
    asked = printed(run("recovery", "start", "alice", "--json"))
    assert "approve" in asked["next"]
    refused = run("recovery", "approve", "alice")
    assert "Somebody else has to approve it" in refused.output
    assert run("recovery", "start", "nobody").exit_code == 1


@pytest.mark.parametrize("hours", ["0", "-1", "721"])
def test_there_is_always_a_wait(run: Run, monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    monkeypatch.setenv("GATEHOUSE_RECOVERY_HOURS", hours)
    refused = run("user", "list")
    assert refused.exit_code == 2
    assert "GATEHOUSE_RECOVERY_HOURS" in refused.output
