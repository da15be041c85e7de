"""Passwords through the pages: their length, their characters, what they count for, their cost."""

from __future__ import annotations

import re
import unicodedata

import pytest

from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.walks.person import Person

NOISE = "kx7#qv!Zm0wpR4&d" * 8
LENGTHS = (8, 14, 15, 64, 72, 73, 128)


def of_length(length: int, last: str) -> str:
    return NOISE[: length - 1] + last


def new_password(house: House, username: str) -> Person:
    """Log in by password and app, and be asked for a new password."""
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    person.fill(person.form(action="/enroll/password"))
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.fill(person.form(action="/enroll/password"))
    return person


def log_in(house: House, bot: str, username: str, password: str) -> Person:
    person = house.person()
    person.authorize(house.chatbot(bot, acr="aal1"))
    person.log_in(username, password)
    return person


@pytest.mark.parametrize("length", LENGTHS)
def test_every_character_counts_and_a_short_one_asks_for_more(house: House, length: int) -> None:
    house.enrolled("alice", password=of_length(length, "a"), totp=SEED)
    assert log_in(house, "first", "alice", of_length(length, "b")).page.status_code == 401
    person = log_in(house, "second", "alice", of_length(length, "a"))
    if length < 15:
        assert not person.arrived
        person.choose("Authenticator app")
        person.answer(code=house.totp())
    assert person.arrived["code"]


@pytest.mark.parametrize(("length", "taken"), [(7, False), (8, True), (128, True), (129, False)])
def test_what_the_page_takes(house: House, length: int, taken: bool) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = new_password(house, "alice")
    assert "At least 8 characters" in person.words
    assert "fewer than 15" in person.words
    answer = person.answer(password=NOISE[:length].ljust(length, "§"))
    assert answer.status_code == (200 if taken else 422)
    assert (person.path == "/account") is taken


def test_a_short_password_alone_leads_to_another_factor(house: House) -> None:
    house.enrolled("bob", password=of_length(8, "a"))
    person = log_in(house, "bot", "bob", of_length(8, "a"))
    assert not person.arrived
    assert "Authenticator app" in person.words
    person.go("/account")
    assert "/login/" in person.path


def test_where_nothing_can_be_added_a_short_password_is_not_enough(build: Build) -> None:
    house = build(enroll_on_the_way=False)
    house.enrolled("bob", password=of_length(8, "a"))
    person = log_in(house, "bot", "bob", of_length(8, "a"))
    assert person.page.status_code == 403
    assert "not enough by itself" in person.words
    person.go("/account")
    person.log_in("bob", of_length(8, "a"))
    assert person.page.status_code == 403


def test_a_password_typed_on_another_keyboard_is_the_same(house: House) -> None:
    typed = "Ångström ﬁlter ½ Straße"
    house.enrolled("alice", password=typed)
    for number, form in enumerate(("NFC", "NFD", "NFKC", "NFKD")):
        again = unicodedata.normalize(form, typed)  # type: ignore[arg-type]
        assert log_in(house, f"bot{number}", "alice", again).arrived["code"]


def test_code_points_are_counted(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = new_password(house, "alice")
    assert person.answer(password="пароль🦒").status_code == 422
    assert person.answer(password="пароль🦒🦓").status_code == 200


def test_nothing_in_the_page_stands_in_the_way_of_pasting(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = new_password(house, "alice")
    page = person.page.text
    field = re.search(r'<input id="password".*?>', page, re.DOTALL)
    assert field
    assert 'autocomplete="new-password"' in field.group()
    assert '<input type="text" autocomplete="username" value="alice" readonly hidden>' in page
    person.go("/account")
    other = house.person()
    other.go("/account")
    first = re.search(r'<input id="password".*?>', other.page.text, re.DOTALL)
    assert first
    assert 'autocomplete="current-password"' in first.group()
    for found in (field.group(), first.group(), page):
        assert not re.search("maxlength|pattern=|onpaste|minlength", found)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("password1", "common"),
        ("alice2024!", "little more than your name"),
        ("Gatehouse!1", "little more than your name"),
        ("alice@example.org", "little more than your name"),
        ("qwertyuiop", "common"),
    ],
)
def test_a_refused_password_is_told_why(house: House, typed: str, reason: str) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = new_password(house, "alice")
    assert person.answer(password=typed).status_code == 422
    assert reason in person.words
    assert typed not in person.page.text


def test_the_cost_of_a_hash_is_raised_at_login(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = build().enrolled("alice", password=PASSWORD)
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_TIME_COST", "3")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_MEMORY_KIB", "128")
    house = build()
    assert "m=64,t=1" in stored(house, account)
    log_in(house, "wrong", "alice", "not my password at all")
    assert "m=64,t=1" in stored(house, account)
    assert log_in(house, "right", "alice", PASSWORD).arrived["code"]
    assert "m=128,t=3" in stored(house, account)
    assert log_in(house, "again", "alice", PASSWORD).arrived["code"]


def stored(house: House, account_id: str) -> str:
    """Return the PHC string that the database holds, unsealed."""
    with house.store.read() as tx:
        [enrolled] = tx.credentials.enrolled(account_id, "password")
    return enrolled.template.decode()
