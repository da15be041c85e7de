"""Which names people may have, and when a name is somebody's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.gateway.conftest import PASSWORD, Build, House
from tests.gateway.registration.conftest import (
    ADDRESS,
    handle_of,
    name,
    named,
    people,
    shown,
)
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_taken_name_is_told_to_whoever_has_shown_an_address(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    person = shown(house)
    name(person, "BOB")
    assert person.page.status_code == 409
    assert "This username is taken" in person.words
    assert person.form(action="/name").fields["username"] == "BOB"
    name(person, "ann")
    assert "Step 4 of 4" in person.words


@pytest.mark.parametrize("username", ["", " ", "a\u200bnn", "x" * 256, "eve@example.org", "@"])
def test_a_name_must_be_fit(house: House, username: str) -> None:
    person = shown(house)
    name(person, username)
    assert person.page.status_code == 400
    assert "Step 3 of 4" in person.words


def test_the_name_may_be_the_address_that_was_shown(house: House) -> None:
    named(house, "ANN@example.org").answer(password=PASSWORD)
    assert people(house) == [ADDRESS]


def test_names_are_told_so_often(build: Build) -> None:
    house = build(registration="open", failures_per_source=2)
    house.enrolled("bob", password=PASSWORD)
    person = shown(house)
    for expected in (409, 409, 429):
        if expected != 429:
            name(person, "bob")
        else:
            person.go("/register/" + handle(person))
            name(person, "bob")
        assert person.page.status_code == expected


def handle(person: Person) -> str:
    found = re.search(r"/register/([\w-]{43})", person.page.text)
    assert found
    return found.group(1)


def test_a_name_taken_meanwhile_leaves_nothing_behind(house: House) -> None:
    person = named(house)
    with house.store.write() as tx:
        tx.accounts.add("ann")
    person.answer(password=PASSWORD)
    assert person.page.status_code == 409
    assert people(house) == ["ann"]
    name(person, "anna")
    person.answer(password=PASSWORD)
    assert people(house) == ["ann", "anna"]


def test_whoever_stops_half_way_holds_no_name(house: House) -> None:
    named(house)
    named_again = shown(house)
    name(named_again, "ann")
    assert "Step 4 of 4" in named_again.words
    assert people(house) == []
    house.clock.advance(timedelta(minutes=31))
    with house.store.write() as tx:
        assert tx.retention.purge(house.clock.now())["signups"] == 2


def test_the_last_step_counts_for_the_name_it_was_begun_with(house: House) -> None:
    person = named(house, "ann")
    before = person.form(action="/answer")
    person.go("/register/" + handle_of(house, person))
    name(person, "anna")
    again = person.client.post(before.action, data={**before.fields, "password": PASSWORD})
    assert again.status_code == 410
    assert people(house) == []
