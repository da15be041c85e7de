"""The authenticator app through the pages: its seed, its window, each step once."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

STEP = timedelta(seconds=30)


def adding(house: House, username: str = "alice") -> Person:
    """Log in with a password and be shown a seed."""
    house.enrolled(username, password=PASSWORD)
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    person.fill(person.form(action="/enroll/totp"))
    return person


def shown(person: Person) -> str:
    """Return the seed as the page spells it."""
    spelled = re.search(r'<p class="secret"[^>]*>(.*?)</p>', person.page.text, re.DOTALL)
    assert spelled
    return re.sub(r"<[^>]+>|\s", "", spelled.group(1))


def asked_for_a_code(house: House, bot: str) -> Person:
    person = house.person()
    person.authorize(house.chatbot(bot))
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    return person


def test_a_seed_has_160_bits_and_is_shown_as_image_and_text(house: House) -> None:
    person = adding(house)
    assert len(b32decode(shown(person))) == 20
    assert 'src="data:image/svg+xml' in person.page.text
    assert person.page.headers["Cache-Control"] == "no-store"


def test_a_seed_is_shown_while_it_is_added_and_never_again(house: House) -> None:
    person = adding(house)
    seed = shown(person)
    person.answer(code=pyotp.TOTP(seed).at(house.clock.now()))
    assert person.path == "/account"
    assert seed not in person.page.text
    house.clock.advance(STEP)
    person.fill(person.form(action="/enroll/totp"))
    person.choose("Authenticator app")
    person.answer(code=pyotp.TOTP(seed).at(house.clock.now()))
    person.fill(person.form(action="/enroll/totp"))
    assert shown(person) != seed


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_file_holds_a_seed(house: House, tmp_path: Path) -> None:
    person = adding(house)
    seed = shown(person)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"SQLite" in path.read_bytes()[:16] for path in files)
    for held in (True, False):
        for path in (path for path in tmp_path.rglob("*") if path.is_file()):
            content = path.read_bytes()
            assert seed.encode() not in content
            assert b32decode(seed) not in content
        if held:
            person.answer(code=pyotp.TOTP(seed).at(house.clock.now()))


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_one_step_either_side(house: House, steps: int, accepted: bool) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = asked_for_a_code(house, "bot")
    person.answer(code=pyotp.TOTP(SEED).at(house.clock.now() + steps * STEP))
    assert bool(person.arrived) is accepted


def test_a_step_counts_once_and_none_before_it(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    now, before = house.totp(), pyotp.TOTP(SEED).at(house.clock.now() - STEP)
    first = asked_for_a_code(house, "first")
    first.answer(code=now)
    assert first.arrived
    for bot, code in (("second", now), ("third", before)):
        person = asked_for_a_code(house, bot)
        assert person.answer(code=code).status_code == 422
        assert not person.arrived


def test_the_step_that_added_the_app_is_spent(house: House) -> None:
    person = adding(house)
    seed = shown(person)
    code = pyotp.TOTP(seed).at(house.clock.now())
    person.answer(code=code)
    again = asked_for_a_code(house, "bot")
    assert again.answer(code=code).status_code == 422
    house.clock.advance(STEP)
    again.answer(code=pyotp.TOTP(seed).at(house.clock.now()))
    assert again.arrived
