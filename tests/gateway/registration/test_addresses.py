"""Codes to addresses: how long, how often, and what they do not tell."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.gateway.conftest import PASSWORD, Build, House
from tests.gateway.registration.conftest import ADDRESS, NUMBER, asked, name, people, shown
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_page_does_not_tell_whose_address_it_is(house: House) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    house.enrolled("eve", password=PASSWORD, otp=NUMBER)
    pages = {}
    for address in ("bob@example.org", NUMBER, "new@example.org", "+4915112345699"):
        person = asked(house, address)
        pages[address] = person
        [message] = house.sent()
        taken = address in {"bob@example.org", NUMBER}
        assert ("You have one already" in message["text"]) is taken
        assert bool(re.search(r"\b\d{6} is your", message["text"])) is not taken
    known, new = pages["bob@example.org"], pages["new@example.org"]
    assert same(known) == same(new).replace("n•••", "b•••")
    assert same(pages[NUMBER]) == same(pages["+4915112345699"]).replace("•••• 99", "•••• 78")
    for person in (known, new):
        assert person.answer(code="000000").status_code == 422
    assert same(known) == same(new).replace("n•••", "b•••")
    for person in (known, new):
        person.fill(person.form(action="/resend"))
    assert same(known) == same(new).replace("n•••", "b•••")
    assert sorted("already" in message["text"] for message in house.sent()) == [False, True]


def same(person: Person) -> str:
    """Return the page without what is random in it, and how it came."""
    page = re.sub(r'(value="|/register/)[\w-]{43,}', r"\1", person.page.text)
    return f"{person.page.status_code} {sorted(person.page.headers.keys())} {page}"


def test_a_guessed_code_opens_no_address_of_somebody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    monkeypatch.setattr("secrets.randbelow", lambda _: 123456)
    person = asked(house, "bob@example.org")
    assert person.answer(code="123456").status_code == 410


def test_the_owner_is_told_the_name_they_have(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    asked(house, "Bob@example.org")
    [message] = house.sent()
    assert message["subject"] == "You have an account already"
    assert "Your username: bob" in message["text"]
    assert "/account" in message["text"]


def test_a_code_counts_as_codes_do(house: House) -> None:
    person = asked(house)
    right = house.code()
    for tries in range(1, 5):
        assert person.answer(code=f"{(int(right) + tries) % 10**6:06d}").status_code == 422
        person.fill(person.form(action="/resend"))
        assert "A new code is on its way" in person.words
        right = house.code()
    assert person.answer(code=f"{(int(right) + 1) % 10**6:06d}").status_code == 410


def test_a_code_ends_after_five_minutes(house: House) -> None:
    person = asked(house)
    right = house.code()
    house.clock.advance(timedelta(minutes=5))
    assert person.answer(code=right).status_code == 410


def test_an_address_makes_one_account(house: House) -> None:
    first, second = shown(house), shown(house)
    name(first, "ann")
    first.answer(password=PASSWORD)
    name(second, "anna")
    assert second.answer(password=PASSWORD).status_code == 410
    assert people(house) == ["ann"]


def test_codes_are_asked_for_so_often(build: Build) -> None:
    house = build(registration="open", signups_per_source=2, signups_per_hour=100)
    for number in range(2):
        assert asked(house, f"ann{number}@example.org").page.status_code == 200
    assert asked(house, "ann3@example.org").page.status_code == 429
    assert len(house.sent()) == 2


def test_codes_are_asked_for_so_often_by_all(build: Build) -> None:
    house = build(registration="open", signups_per_hour=1)
    for number, status in enumerate((200, 429)):
        person = house.person()
        person.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        person.go("/register")
        person.fill(person.form(action="/register"), address=f"ann{number}@example.org")
        assert person.page.status_code == status


def test_one_address_gets_so_many_codes(build: Build) -> None:
    house = build(registration="open", messages_per_hour=2)
    house.enrolled("bob", otp="bob@example.org")
    for address in (ADDRESS, "bob@example.org"):
        assert [asked(house, address).page.status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", ["", "nobody", "a@", "x" * 300])
def test_a_wrong_address_is_asked_for_again(house: House, address: str) -> None:
    person = asked(house, address)
    assert person.page.status_code == 422
    assert "Step 1 of 4" in person.words
    assert person.form(action="/register").fields["address"] == address
    assert house.sent() == []
