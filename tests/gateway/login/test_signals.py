"""What is unusual about a login raises what is asked, never lowers it, and is written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from gateway.limits import strain
from gateway.login.signals import Signal, raised, wanted
from gateway.policy import ORDER, Acr
from tests.fakes.solver import solve
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_attacks import lock
from tests.gateway.login.test_recovery_codes import with_codes
from tests.walks.person import Person

BERLIN, SYDNEY, NOWHERE = "198.51.100.7", "203.0.113.9", "192.0.2.1"
PLACES = "network,latitude,longitude\n198.51.100.0/24,52.5,13.4\n203.0.113.0/24,-33.9,151.2\n"


@pytest.fixture
def database() -> str:
    """Counting is tried on every store elsewhere."""
    return "sqlite"


def all_signals() -> list[tuple[Signal, ...]]:
    return list(chain.from_iterable(combinations(Signal, size) for size in range(4)))


@pytest.mark.parametrize(
    ("signals", "level"),
    [
        ((), None),
        ((Signal.NEW_DEVICE,), "mfa"),
        ((Signal.SPRAY,), "mfa"),
        ((Signal.TRAVEL,), "aal2"),
        ((Signal.NEW_DEVICE, Signal.SPRAY), "aal2"),
        (tuple(Signal), "aal2"),
    ],
)
def test_the_table(signals: Sequence[Signal], level: str | None) -> None:
    found = wanted(signals)
    assert (str(found) if found else None) == level


@pytest.mark.parametrize("signals", all_signals())
@pytest.mark.parametrize("held", ["", *ORDER])
def test_nobody_is_asked_for_more_than_they_hold_nor_for_more_than_is_wanted(
    signals: Sequence[Signal], held: str
) -> None:
    asked, most = raised(signals, Acr(held)), wanted(signals)
    if asked is None:
        assert most is None or not held
    else:
        assert most is not None
        assert Acr(held).satisfies(asked)
        assert most.satisfies(asked)
        assert asked == min(most, Acr(held), key=lambda level: level.rank)


def log_in(
    house: House, acr: str = "aal1", *, browser: Person | None = None, source: str = ""
) -> Person:
    """Give a password, for a chatbot that wants no more."""
    person = browser or house.person()
    person.client.environ_base["REMOTE_ADDR"] = source or "127.0.0.1"
    person.authorize(house.chatbot(f"bot-{house.clock.now():%H%M%S}-{id(person)}", acr=acr))
    person.log_in("alice", PASSWORD)
    return person


def finished(house: House) -> dict[str, Any]:
    """Return what the newest login was written down with."""
    with house.store.read() as tx:
        return next(each.detail for each in tx.audit.list(20) if each.event == "login.finished")


def test_a_new_device_is_asked_for_a_second_factor_and_told(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    assert log_in(house).arrived["code"]
    assert "signals" not in finished(house)
    assert house.sent() == []
    other = log_in(house)
    assert not other.arrived
    other.choose("Authenticator app")
    other.answer(code=house.totp())
    assert other.arrived["code"]
    explained = {"signals": ["new_device"], "wanted": "mfa", "reached": "aal2"}
    assert finished(house).items() >= explained.items()
    [told] = house.sent()
    assert told["to"] == "alice@example.org"
    assert told["subject"] == "A login from a new device"
    assert "127.0.0.1" in told["text"]


def test_a_device_is_new_once(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = house.familiar("alice")
    for _ in range(2):
        browser.client.delete_cookie("gatehouse_session")
        house.clock.advance(timedelta(seconds=2))
        assert log_in(house, browser=browser).arrived["code"]
    assert house.sent() == []


def test_the_browser_is_known_for_longer_than_its_windows_are_open(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = log_in(house)
    kept = person.client.get_cookie("gatehouse_browser")
    assert kept
    assert kept.max_age == 400 * 24 * 3600


def test_another_person_in_a_known_browser_is_new_there(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    house.enrolled("bob", password=PASSWORD)
    house.familiar("alice")
    assert not log_in(house, browser=house.familiar("bob")).arrived


def test_whoever_holds_no_more_is_let_in_and_told(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    house.familiar("alice")
    person = log_in(house)
    assert person.arrived["code"]
    assert "Add" not in person.words
    explained = {"signals": ["new_device"], "wanted": "mfa", "reached": "aal1"}
    assert finished(house).items() >= explained.items()
    assert len(house.sent()) == 1


def test_nobody_spends_a_recovery_code_on_a_new_device(
    house: House,
) -> None:
    with_codes(house)
    assert log_in(house).arrived["code"]


def test_what_is_wanted_is_not_skipped_by_locking_it(house: House) -> None:
    """Whoever has the password can use up the tries of the app; that opens no door."""
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    known = house.familiar("alice")
    lock(house, "totp")
    thief = log_in(house)
    assert not thief.arrived
    assert thief.page.status_code == 403
    assert "This login is unusual." in thief.words
    assert log_in(house, browser=known).arrived["code"]


def test_what_is_wanted_cannot_be_skipped(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    house.familiar("alice")
    person = log_in(house)
    here = person.path.removesuffix("/factor")
    csrf = person.form(action="/factor").fields["csrf"]
    assert person.client.post(f"{here}/skip", data={"csrf": csrf}).status_code == 403
    person.go(here)
    assert not person.arrived


@pytest.fixture
def world(build: Build, tmp_path: Path) -> House:
    """A house that knows where two networks are."""
    places = tmp_path / "places.csv"
    places.write_text(PLACES)
    house = build(places_file=places)
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    return house


@pytest.mark.parametrize(
    ("then", "now", "hours", "arrives"),
    [
        (BERLIN, SYDNEY, 1, False),
        (BERLIN, SYDNEY, 15, False),
        (BERLIN, SYDNEY, 17, True),
        (BERLIN, SYDNEY, 50, True),
        (BERLIN, BERLIN, 1, True),
        (BERLIN, NOWHERE, 1, True),
        (NOWHERE, SYDNEY, 1, True),
    ],
)
def test_nobody_is_faster_than_an_airliner(
    world: House, then: str, now: str, hours: int, arrives: bool
) -> None:
    browser = world.familiar("alice")
    assert log_in(world, browser=browser, source=then).arrived["code"]
    world.clock.advance(timedelta(hours=hours))
    browser.client.delete_cookie("gatehouse_session")
    person = log_in(world, browser=browser, source=now)
    assert bool(person.arrived) == arrives
    if not arrives:
        person.choose("Authenticator app")
        person.answer(code=world.totp())
        explained = {"signals": ["impossible_travel"], "wanted": "aal2", "reached": "aal2"}
        assert finished(world).items() >= explained.items()


def test_a_spray_asks_for_work_and_more_proof_of_its_network_alone(build: Build) -> None:
    house = build(names_per_source=2)
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    browser = house.familiar("alice")
    with house.store.write() as tx:
        for _ in range(2):
            strain.blame(tx, SYDNEY, first=True, bounds=strain.Bounds(100, 2, 500, 300))
    assert log_in(house, browser=browser, source=BERLIN).arrived["code"]
    browser.client.delete_cookie("gatehouse_session")
    house.clock.advance(timedelta(seconds=2))
    assert log_in(house, browser=browser, source=SYDNEY).page.status_code == 429
    form = browser.form(action="/login/")
    solved = {"solution": solve(form.fields["work"], 16)}
    browser.fill(form, username="alice", password=PASSWORD, **solved)
    assert not browser.arrived
    browser.choose("Authenticator app")
    browser.answer(code=house.totp())
    assert browser.arrived["code"]
    explained = {"signals": ["password_spray"], "wanted": "mfa", "reached": "aal2"}
    assert finished(house).items() >= explained.items()
