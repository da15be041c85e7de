"""What the answer to a wrong password looks like, and how long it takes, tells nobody who is known.

All of one run is interleaved in random order, so that a machine that is busy for a while is busy
for all of them. The whole form runs at the shipped cost of a hash; the short one at next to none,
where everything else weighs more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from store.models import credentials
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.statistics.roc import Area, area

Name = Callable[[int], str]
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


def unknown(kind: str) -> Name:
    """Names of nobody; as many turns to a name as the others have."""
    return lambda turn: f"{kind:-<12}{turn // PER_NAME:04}"


@contextmanager
def asking(house: House) -> Iterator[Callable[[str], tuple[float, object]]]:
    """Yield a call that tries a wrong password for a name and returns how long the answer took."""
    person = house.person()
    person.go("/account")
    form = person.form(action="/login/")

    def ask(name: str) -> tuple[float, object]:
        sent = {**form.fields, "username": name, "password": PASSWORD[::-1]}
        began = time.perf_counter()
        answer = person.client.post(form.action, data=sent)
        return time.perf_counter() - began, (answer.status_code, _shape(answer, name))

    yield ask


def _shape(answer: object, name: str) -> object:
    """Return all that comes back but what is new in every answer."""
    headers = {key: value for key, value in answer.headers if key not in {"Date", "Set-Cookie"}}  # type: ignore[attr-defined]
    return headers, answer.text.replace(name, "NAME")  # type: ignore[attr-defined]


def measured(house: House, kinds: Mapping[str, Name], number: int) -> dict[str, list[float]]:
    """Ask for each kind so many times, in random order; every answer is the same."""
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    shapes = set()
    with asking(house) as ask:
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


@pytest.fixture(autouse=True)
def cheap(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not whole:
        monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_MEMORY_KIB", "64")
        monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_TIME_COST", "1")


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
        "unknown": unknown("unknown"),
    }
    judge(measured(house, kinds, number), whole)
