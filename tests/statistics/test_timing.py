"""What the answer to a wrong password looks like, and how long it takes, tells nobody who is known.

All of one run is interleaved in random order, so that a machine that is busy for a while is busy
for all of them. Both forms run at the shipped cost of a hash.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import update

from contracts.factor import Template
from store.models import credentials
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.statistics.roc import Area, area
from tests.walks.forms import Form
from tests.walks.person import Person

Name = Callable[[int], str]
Ask = Callable[[str], tuple[float, object]]
"""Asks for a name; returns the seconds that took, and what came back."""
WHOLE, SHORT, WARMING = 1000, 150, 20
"""Requests of each kind."""
PER_NAME = 90
"""Wrong passwords for one name: fewer than switch the authenticator off."""


def names(kind: str, number: int) -> list[str]:
    """Return names of one length whatever their kind."""
    return [f"{kind:-<12}{one:04}" for one in range(number)]


def known(house: House, kind: str, number: int, **factors: str) -> Name:
    """Enrol people of one kind; return who is asked for at each turn."""
    people = names(kind, 1 + number // PER_NAME)
    for one in people:
        house.enrolled(one, password=PASSWORD, **factors)
    return lambda turn: people[turn // PER_NAME]


def disabled(house: House, number: int) -> Name:
    found = known(house, "disabled", number)
    with house.store.write() as tx:
        for account in tx.accounts.list():
            if account.username.startswith("disabled"):
                tx.accounts.set_disabled(account.id, True)
    return found


def switched_off(house: House, number: int) -> Name:
    """People whose password was guessed at so often that it counts no more."""
    found = known(house, "switchedoff", number)
    with house.store.database.write() as connection:
        connection.execute(update(credentials).values(disabled_at=house.clock.now()))
    return found


def with_a_passkey(house: House, number: int) -> Name:
    """People who have a passkey beside their password."""
    found = known(house, "passkey", number)
    with house.store.write() as tx:
        for account in tx.accounts.list():
            if account.username.startswith("passkey"):
                tx.credentials.add(account.id, "webauthn", Template(b"a passkey", "webauthn/1"))
    return found


def unknown(kind: str) -> Name:
    """Names of nobody; as many turns to a name as the others have."""
    return lambda turn: f"{kind:-<12}{turn // PER_NAME:04}"


def by_password(house: House) -> Ask:
    """Return what tries a wrong password for a name, in one login."""
    person = house.person()
    person.go("/account")
    form = person.form(action="/login/")
    return lambda name: _timed(person, form, username=name, password=PASSWORD[::-1])


def by_form(house: House, path: str, field: str, value: str = "{}") -> Ask:
    """Return what sends a name by the form of a page, from a new browser each time."""

    def ask(name: str) -> tuple[float, object]:
        person = house.person()
        person.go(path)
        seconds, _ = _timed(person, person.form(action=path), **{field: value.format(name)})
        # What comes next is made for this name, and shown to whoever has it or not.
        return seconds, person.go(path).status_code

    return ask


def _timed(person: Person, form: Form, **sent: str) -> tuple[float, object]:
    """Send a form; return how long that took, and all that came back but what is always new."""
    began = time.perf_counter()
    answer = person.client.post(form.action, data={**form.fields, **sent})
    seconds = time.perf_counter() - began
    told = {key: value for key, value in answer.headers if key not in {"Date", "Set-Cookie"}}
    text = answer.text
    for value in sent.values():
        text = text.replace(value, "NAME")
    return seconds, (answer.status_code, told, text)


def measured(ask: Ask, kinds: Mapping[str, Name], number: int) -> dict[str, list[float]]:
    """Ask for each kind so many times, in random order; every answer is the same."""
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    shapes = set()
    for turn in range(number + WARMING):
        for kind in random.sample(sorted(kinds), len(kinds)):
            seconds, shape = ask(kinds[kind](turn))
            taken[kind].append(seconds)
            shapes.add(repr(shape))
    assert len(shapes) == 1, "status, headers, size and words are the same for all"
    return {kind: seconds[WARMING:] for kind, seconds in taken.items()}


def judge(taken: Mapping[str, list[float]], whole: bool) -> None:
    """Compare each kind with the names of nobody."""
    areas: dict[str, Area] = {
        kind: area(seconds, taken["unknown"])
        for kind, seconds in taken.items()
        if kind != "unknown"
    }
    for kind, found in areas.items():
        print(f"{kind:>12}: {found}")  # noqa: T201 - the checklist quotes it
    for kind, found in areas.items():
        if whole:
            assert 0.45 < found.value < 0.55, f"{kind} {found}"
        assert found.low < 0.55, f"{kind} {found}"
        assert found.high > 0.45, f"{kind} {found}"


def test_time_tells_nobody_who_is_known(build: Build, whole: bool) -> None:
    number = WHOLE if whole else SHORT
    house = build(limits="off", failures_per_login=10**6)
    turns = number + WARMING
    off = switched_off(house, turns)
    kinds = {
        "off": off,
        "disabled": disabled(house, turns),
        "known": known(house, "known", turns),
        "app": known(house, "app", turns, totp=SEED),
        "passkey": with_a_passkey(house, turns),
        "unknown": unknown("unknown"),
    }
    judge(measured(by_password(house), kinds, number), whole)


BOUNDLESS = {
    "failures_per_source": 10**6,
    "names_per_source": 10**6,
    "names_per_hour": 10**6,
    "hashings_per_minute": 10**6,
}


def test_a_name_that_has_to_wait_is_like_any_other(build: Build, whole: bool) -> None:
    """After too many tries there is a wait, whether anybody bears the name or not."""
    number = WHOLE if whole else SHORT
    house = build(limits="on", failures_per_login=10**6, failures_per_hour=1, **BOUNDLESS)
    kinds = {"known": known(house, "known", number + WARMING), "unknown": unknown("unknown")}
    ask = by_password(house)
    for name in {kind(turn) for kind in kinds.values() for turn in range(number + WARMING)}:
        for _ in range(2):
            ask(name)
    judge(measured(by_password(house), kinds, number), whole)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [("/recover", "username", "{}"), ("/register", "address", "{}@example.org")],
)
def test_recovery_and_registration_begin_alike(
    build: Build, whole: bool, path: str, field: str, value: str
) -> None:
    """Whoever has lost something, or signs up, is led on whether they are known or not."""
    number = WHOLE if whole else SHORT
    house = build(limits="off", registration="open", messages_per_hour=10**6)
    people = [f"known-------{one:04}" for one in range(1 + (number + WARMING) // PER_NAME)]
    for one in people:
        house.enrolled(one, password=PASSWORD, otp=f"{one}@example.org")
    kinds = {"known": lambda turn: people[turn // PER_NAME], "unknown": unknown("unknown")}
    judge(measured(by_form(house, path, field, value), kinds, number), whole)
