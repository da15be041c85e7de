"""The meter beside a new password."""

from __future__ import annotations

import re

import pytest

from gateway.estimates import MOST
from tests.gateway.account.test_account import logged_in
from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def person(house: House) -> Person:
    house.enrolled("alice", password=PASSWORD)
    person = logged_in(house)
    person.fill(person.form(action="/enroll/password"))
    return person


def estimate(person: Person, value: str, factor: str = "password") -> tuple[int, dict[str, object]]:
    fields = {"csrf": person.form(action="/enroll/answer").fields["csrf"], "value": value}
    with person.client.post(f"/enroll/estimate/{factor}", data=fields) as answer:
        return answer.status_code, answer.get_json(silent=True) or {}


@pytest.mark.parametrize(
    ("value", "score", "words"),
    [
        ("short", 1, "Use at least 8 characters."),
        ("password123", 1, "very common|easy to guess"),
        ("gatehouse gatehouse", 1, "little more than"),
        (PASSWORD, 4, "Very hard to guess."),
    ],
)
def test_what_is_typed_is_judged(person: Person, value: str, score: int, words: str) -> None:
    status, found = estimate(person, value)
    assert status == 200
    assert found["score"] == score
    assert re.search(words, str(found["words"]))


def test_the_page_has_a_meter(person: Person) -> None:
    assert 'data-estimate="/enroll/estimate/password"' in person.page.text


def test_other_factors_estimate_nothing(person: Person) -> None:
    for factor in ("totp", "nothing"):
        assert estimate(person, "123456", factor)[0] == 403


def test_a_foreign_page_is_told_nothing(person: Person) -> None:
    fields = {"csrf": "forged", "value": "something"}
    assert person.client.post("/enroll/estimate/password", data=fields).status_code == 403


def test_so_many_a_minute(person: Person) -> None:
    for _ in range(MOST):
        estimate(person, "short")
    assert estimate(person, "short")[0] == 429


def test_nothing_of_it_is_kept(person: Person, house: House) -> None:
    estimate(person, "a canary that is typed")
    for file in house.settings.data.iterdir():
        assert b"a canary that" not in file.read_bytes()
