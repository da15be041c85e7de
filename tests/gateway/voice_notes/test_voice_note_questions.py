"""What is to be said in a chat stays the same while it is good, and other words are counted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from contracts.factor import Challenge, Enrolled, Subject
from tests.fakes.clock import FakeClock
from tests.gateway.voice_notes.conftest import Hearing, Talk

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TOO_OFTEN = "You were asked too often in this way."
MINUTE = timedelta(seconds=60)


class Renewing(Hearing):
    """Asks for the same while it is not a minute old."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self._put: dict[bytes, tuple[Challenge, datetime]] = {}

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        asked = super().begin_verify(subject, enrolled)
        self._put[asked.secret] = asked, self._clock.now()
        return asked

    def standing(self, secret: bytes) -> Challenge | None:
        asked, put = self._put[secret]
        return asked if self._clock.now() - put < MINUTE else None

    def renew(self, secret: bytes) -> Challenge:
        return self.begin_verify(None, ())


@pytest.fixture
def hearing(clock: FakeClock) -> Hearing:
    return Renewing(clock)


def test_within_the_minute_the_words_are_the_same(waiting: Talk) -> None:
    before = waiting.words()
    for _ in range(25):
        waiting.house.clock.advance(timedelta(seconds=2))
        waiting.take()
        assert waiting.words() == before
    assert waiting.send().get_json() == {"result": "accepted"}


def test_other_words_are_counted(waiting: Talk) -> None:
    shown = {waiting.words()}
    for _ in range(25):
        waiting.house.clock.advance(timedelta(seconds=61))
        waiting.ask()
        waiting.take()
        if waiting.person.page.status_code != 200:
            break
        shown.add(waiting.words())
    assert len(shown) == 20
    assert waiting.person.page.status_code == 429
    assert TOO_OFTEN in waiting.person.words


def test_whoever_waits_for_other_words_too_often_finds_another_way(waiting: Talk) -> None:
    used_up(waiting)
    waiting.house.clock.advance(timedelta(seconds=61))
    waiting.take()
    assert waiting.person.page.status_code == 429
    assert int(waiting.person.page.headers["Retry-After"]) > 0
    assert TOO_OFTEN in waiting.person.words
    assert "Choose another way" in waiting.person.words


def used_up(talk: Talk) -> None:
    """Count all the questions of an hour but the one that waits."""
    with talk.house.store.write() as tx:
        for _ in range(20):
            tx.limits.hit(f"questions 1:voice:{talk.alice}:known", 20, timedelta(hours=1))


def test_a_message_that_is_not_judged_where_no_more_is_asked_ends_it(waiting: Talk) -> None:
    used_up(waiting)
    answer = waiting.send(b"quiet")
    assert (answer.status_code, answer.get_json()["error"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0
    assert waiting.send(b"quiet").status_code == 403
    waiting.look()
    assert TOO_OFTEN in waiting.person.words


def test_a_client_that_asks_for_somebody_else_is_told_nothing(waiting: Talk) -> None:
    told = waiting.send(b"eve", state="nobody's")
    used_up(waiting)
    waiting.house.clock.advance(timedelta(seconds=61))
    late = waiting.send(b"eve")
    assert (told.status_code, told.get_json()) == (late.status_code, late.get_json())


def chosen_in_the_browser(talk: Talk) -> str:
    """Choose the voice in the browser as well; return the address of the page of the chat."""
    page = talk.person.path
    talk.person.go(page.removesuffix("/note"))
    talk.person.choose("Voice")
    return page


def mark(talk: Talk, page: str) -> str:
    """Return what the script of the page looks at."""
    return str(talk.person.client.get(f"{page}/status").get_json()["request"])


def test_what_is_asked_in_the_browser_too_may_be_answered_in_the_chat(waiting: Talk) -> None:
    words = waiting.words().encode()
    page = chosen_in_the_browser(waiting)
    waiting.person.go(page)
    assert waiting.words().encode() == words
    assert waiting.send(b"alice " + words).get_json() == {"result": "accepted"}
    waiting.look()
    assert waiting.arrived()


def test_whoever_answers_in_the_browser_what_was_answered_in_the_chat_goes_on(
    waiting: Talk,
) -> None:
    right = b"alice " + waiting.words().encode()
    chosen_in_the_browser(waiting)
    assert waiting.send(right).get_json() == {"result": "accepted"}
    waiting.person.answer(sample=(io.BytesIO(right), "voice.wav"))
    assert waiting.arrived()


def test_the_page_says_that_its_words_were_answered_in_the_browser(waiting: Talk) -> None:
    words = waiting.words().encode()
    page = chosen_in_the_browser(waiting)
    before = mark(waiting, page)
    waiting.person.answer(sample=(io.BytesIO(b"eve"), "voice.wav"))
    assert mark(waiting, page) != before
    waiting.person.go(page)
    assert "An answer to the digits has come" in waiting.person.words
    assert waiting.words() == ""
    assert "New digits" in waiting.person.words
    assert waiting.send(b"alice " + words).status_code == 403


def test_what_a_busy_house_did_not_hear_is_asked_in_both_places_still(waiting: Talk) -> None:
    words = waiting.words().encode()
    page = chosen_in_the_browser(waiting)
    form = waiting.person.form(action="/answer")
    waiting.voice.busy = True
    assert waiting.send(b"alice " + words).status_code == 503
    waiting.voice.busy = False
    waiting.person.go(page)
    assert waiting.words().encode() == words
    waiting.person.fill(form, sample=(io.BytesIO(b"alice " + words), "voice.wav"))
    assert waiting.arrived()
