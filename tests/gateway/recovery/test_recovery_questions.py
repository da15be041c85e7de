"""A recovery by a factor that asks each time anew: where no more is asked, the others are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.errors import Retry
from contracts.factor import (
    Answer,
    Ask,
    Challenge,
    Enrolled,
    Kind,
    Subject,
    Template,
    Verdict,
)
from contracts.text import Text
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import Build, House
from tests.gateway.login.test_login import Deaf
from tests.gateway.recovery.conftest import alice, named, proves_mail, show
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MOST = 5
TOO_OFTEN = "You were asked too often in this way."


class Card(Deaf):
    """A card whose question is another one each time, and whose answers nobody can read."""

    name, title, kind, amr = "card", Text("Card"), Kind.POSSESSION, ("sc",)

    def __init__(self) -> None:
        self._asked = 0

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        self._asked += 1
        return Challenge([Ask("word", "text", Text("Sign."))], str(self._asked).encode())

    def standing(self, secret: bytes) -> Challenge | None:
        return None

    def renew(self, secret: bytes) -> Challenge:
        return self.begin_verify(None, ())

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        raise Retry(Text("The card could not be read."))


@pytest.fixture
def house(build: Build) -> House:
    return build(factors={"card": Card()}, questions_per_hour=MOST)


@pytest.fixture
def asked(house: House) -> Person:
    """Alice, who has shown her mailbox and is asked for her card."""
    account_id = alice(house)
    with house.store.write() as tx:
        tx.credentials.add(account_id, "card", Template(b"card", "card/1"))
    person = named(house)
    proves_mail(house, person)
    show(person, "Card")
    return person


def others_are_shown(person: Person) -> bool:
    waits = int(person.page.headers["Retry-After"]) > 0
    offered = person.form(action="/choose", text="Authenticator app")
    return person.page.status_code == 429 and TOO_OFTEN in person.words and waits and bool(offered)


def test_the_other_ways_are_shown_to_who_chooses_it_too_often(asked: Person) -> None:
    page = asked.path.rpartition("/")[0]
    for _ in range(MOST):
        asked.go(page)
        show(asked, "Card")
    assert others_are_shown(asked)


def test_the_other_ways_are_shown_to_whose_answers_cannot_be_read(
    asked: Person, clock: FakeClock
) -> None:
    for _ in range(MOST):
        clock.advance(timedelta(seconds=10))
        asked.answer(word="nothing")
    assert others_are_shown(asked)


def test_the_other_ways_are_shown_to_who_has_it_asked_again(asked: Person) -> None:
    for _ in range(MOST):
        form = asked.form(action="/answer")
        asked.fill(replace(form, action=form.action.replace("/answer", "/resend")))
    assert others_are_shown(asked)
