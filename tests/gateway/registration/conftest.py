"""A house where people make accounts by themselves, and how far somebody is."""

from __future__ import annotations

import pytest

from tests.gateway.conftest import Build, House
from tests.walks.person import Person

ADDRESS = "ann@example.org"
NUMBER = "+4915112345678"


@pytest.fixture
def house(build: Build) -> House:
    return build(registration="open")


def asked(house: House, address: str = ADDRESS) -> Person:
    """Sign up, as far as the code."""
    person = house.person()
    person.go("/register")
    person.fill(person.form(action="/register"), address=address)
    return person


def shown(house: House, address: str = ADDRESS) -> Person:
    """Sign up, as far as the name."""
    person = asked(house, address)
    person.answer(code=house.code())
    return person


def named(house: House, username: str = "ann", factor: str = "password") -> Person:
    """Sign up, as far as the first factor."""
    person = shown(house)
    name(person, username, factor)
    return person


def name(person: Person, username: str, factor: str = "password") -> None:
    person.fill(person.form(action="/name"), username=username, factor=factor)


def people(house: House) -> list[str]:
    with house.store.read() as tx:
        return [account.username for account in tx.accounts.list()]


def handle_of(house: House, person: Person) -> str:
    return person.path.split("/")[2]
