"""Sign-ups at the same instant: one account for a last step, one person for a name."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.gateway.conftest import PASSWORD, Build, House
from tests.walks.person import Person

MANY = 8


@pytest.fixture
def house(build: Build, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("GATEHOUSE_PASSWORD_SLOTS", str(MANY))
    return build(registration="open")


def at_the_end(house: House, number: int) -> Person:
    """Sign up under the name that all want, as far as the last step."""
    person = house.person()
    person.go("/register")
    person.fill(person.form(action="/register"), address=f"ann{number}@example.org")
    [message] = house.sent()
    found = re.search(r"\d{6}", message["text"])
    assert found
    person.answer(code=found.group())
    person.fill(person.form(action="/name"), username="ann", factor="password")
    return person


def at_once(people: list[Person]) -> Counter[int]:
    """Let all send the last step at the same moment; count the answers by status."""
    start = Barrier(len(people))
    forms = [person.form(action="/answer") for person in people]

    def finish(number: int) -> int:
        fields = {**forms[number].fields, "password": PASSWORD}
        start.wait()
        return people[number].client.post(forms[number].action, data=fields).status_code

    with ThreadPoolExecutor(len(people)) as pool:
        return Counter(pool.map(finish, range(len(people))))


def made(house: House) -> list[tuple[str, list[str]]]:
    with house.store.read() as tx:
        return [
            (account.username, sorted(held.factor for held in tx.credentials.list(account.id)))
            for account in tx.accounts.list()
        ]


def test_a_name_that_many_want_is_one_persons(house: House) -> None:
    answers = at_once([at_the_end(house, number) for number in range(MANY)])
    assert answers == {303: 1, 409: MANY - 1}
    assert made(house) == [("ann", ["otp", "password"])]


def test_a_last_step_that_is_sent_often_makes_one_account(house: House) -> None:
    answers = at_once([at_the_end(house, 1)] * MANY)
    assert answers == {303: 1, 410: MANY - 1}
    assert made(house) == [("ann", ["otp", "password"])]
