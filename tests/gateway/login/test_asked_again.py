"""Nobody waits for the digits that suit them: the same are asked, and others are counted."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.gateway.conftest import PASSWORD, Build
from tests.gateway.login import spoken
from tests.gateway.login.spoken import Caller, caller_in
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TOO_OFTEN = "You were asked too often in this way."
MOST = 20


@pytest.fixture
def caller(build: Build, clock: FakeClock) -> Caller:
    """Vera, who has an hour for a login."""
    return spoken.caller(build, clock, login_seconds=7200)


def later(caller: Caller) -> None:
    caller.house.clock.advance(timedelta(seconds=61))


def choose(caller: Caller) -> None:
    """Go back to the choice, and choose the voice once more."""
    caller.person.go(caller.person.path.rpartition("/")[0])
    caller.person.choose("Voice")


def resend(caller: Caller) -> None:
    """Have digits sent to the page, until its ceremony is over."""
    if caller.anew().status_code == 410:
        caller.ask()


def resend_late(caller: Caller) -> None:
    later(caller)
    resend(caller)


def choose_late(caller: Caller) -> None:
    later(caller)
    choose(caller)


def begin(caller: Caller) -> None:
    """Begin another login."""
    caller.house.clock.advance(timedelta(seconds=31))
    caller.ask()


def poor(caller: Caller) -> None:
    """Send what cannot be judged; the few tries of an hour are for each of these."""
    caller.send(b"no recording")
    with caller.house.store.write() as tx:
        [vera] = [each for each in tx.accounts.list() if each.username == "vera"]
        tx.limits.take_back(f"factor:voice:{vera.id}")


@pytest.mark.parametrize("way", [choose, resend])
def test_within_the_minute_the_digits_are_the_same(
    caller: Caller, way: Callable[[Caller], None]
) -> None:
    caller.ask()
    before = caller.digits
    for left in range(59, 34, -1):
        caller.house.clock.advance(timedelta(seconds=1))
        way(caller)
        assert caller.person.page.status_code == 200
        assert caller.options
        assert (caller.digits, caller.options["seconds"]) == (before, left)
    caller.send(caller.say())
    assert caller.arrived


@pytest.mark.parametrize("way", [choose_late, resend_late, begin, poor])
def test_other_digits_are_counted(caller: Caller, way: Callable[[Caller], None]) -> None:
    caller.ask()
    shown = [caller.digits]
    for _ in range(25):
        way(caller)
        if caller.options is None:
            break
        shown += [caller.digits] * (caller.digits != shown[-1])
    assert len(shown) == MOST
    assert caller.person.page.status_code == 429
    assert int(caller.person.page.headers["Retry-After"]) > 0
    assert TOO_OFTEN in caller.person.words
    assert caller.person.form(action="/factor")


def test_what_was_counted_is_forgotten_after_an_hour(caller: Caller) -> None:
    caller.ask()
    for _ in range(MOST + 1):
        later(caller)
        choose(caller)
    assert caller.options is None
    caller.house.clock.advance(timedelta(hours=1))
    caller.ask()
    caller.send(caller.say())
    assert caller.arrived


def used_up(caller: Caller) -> None:
    caller.ask()
    while caller.options:
        choose_late(caller)


def test_the_others_are_asked_as_ever(caller: Caller, clock: FakeClock) -> None:
    used_up(caller)
    wim = caller_in(caller.house, clock, caller.pool, "wim")
    wim.ask()
    wim.send(wim.say())
    assert wim.arrived


@pytest.mark.parametrize("way", [choose, resend])
def test_digits_that_two_pages_show_are_answered_on_either_and_once(
    caller: Caller, way: Callable[[Caller], None]
) -> None:
    caller.ask()
    first = caller.person.form(action="/answer")
    way(caller)
    second, right = caller.person.form(action="/answer"), caller.say()
    wrong = caller.person.fill(first, sample=(io.BytesIO(caller.say("000000")), "voice.wav"))
    assert "That was not right" in wrong.text
    again = caller.person.fill(second, sample=(io.BytesIO(right), "voice.wav"))
    assert again.status_code == 410


@pytest.mark.parametrize("way", [choose, resend])
def test_a_page_of_before_is_answered_while_its_digits_stand(
    caller: Caller, way: Callable[[Caller], None]
) -> None:
    caller.ask()
    first = caller.person.form(action="/answer")
    way(caller)
    caller.person.fill(first, sample=(io.BytesIO(caller.say()), "voice.wav"))
    assert caller.arrived


def stranger(caller: Caller) -> None:
    """Use up what is asked of whoever has a password alone, in a browser that nobody knows."""
    caller.person = caller.house.person()
    caller.person.authorize(caller.bot, acr_values="mfa+voice", prompt="login")
    caller.person.log_in("vera", PASSWORD)
    while 'data-ask="voice"' in caller.person.choose("Voice").text:
        later(caller)
        caller.person.go(caller.person.path.rpartition("/")[0])
    assert TOO_OFTEN in caller.person.words


@pytest.fixture
def owner(caller: Caller) -> Person:
    """The browser that Vera has logged in with."""
    caller.ask()
    caller.send(caller.say())
    assert caller.arrived
    return caller.person


def test_a_password_alone_uses_up_nothing_of_the_persons_own_browser(
    caller: Caller, owner: Person
) -> None:
    stranger(caller)
    owner.authorize(caller.bot, acr_values="mfa+voice", prompt="login")
    owner.log_in("vera", PASSWORD)
    owner.choose("Voice")
    caller.person = owner
    assert caller.options


@pytest.mark.usefixtures("owner")
def test_a_password_alone_uses_up_nothing_of_who_has_shown_more(caller: Caller) -> None:
    stranger(caller)
    caller.person = caller.house.person()
    caller.ask()
    assert caller.options


@pytest.mark.usefixtures("owner")
def test_that_no_more_is_asked_is_in_the_trail_once(caller: Caller) -> None:
    stranger(caller)
    for _ in range(3):
        caller.person.choose("Voice")
    [noted] = caller.trail("limit.reached")
    said = {"limit": "questions", "factor": "voice", "most": MOST, "hours": 1}
    assert said.items() <= noted.items()


def test_a_day_has_its_questions_too(build: Build, clock: FakeClock) -> None:
    caller = spoken.caller(build, clock, questions_per_day=6)
    for _ in range(2):
        caller.person = caller.house.person()
        caller.ask()
        for _ in range(2):
            choose_late(caller)
        clock.advance(timedelta(hours=1))
    caller.ask()
    assert caller.options is None
    assert int(caller.person.page.headers["Retry-After"]) > timedelta(hours=20).total_seconds()
    assert [each["hours"] for each in caller.trail("limit.reached")] == [24]
    clock.advance(timedelta(days=1))
    caller.ask()
    assert caller.options


def test_another_login_has_digits_of_its_own(caller: Caller) -> None:
    caller.ask()
    before, caller.person = caller.digits, caller.house.person()
    caller.house.clock.advance(timedelta(seconds=31))
    caller.ask()
    assert caller.digits != before


def refused(person: Person, caller: Caller, name: str) -> tuple[int, str]:
    """Return what somebody is told who does not know the password of this name."""
    person.authorize(caller.bot, acr_values="mfa+voice", prompt="login")
    page = person.log_in(name, "not the password of anybody")
    return page.status_code, person.words.replace(name, "")


def test_who_was_asked_too_often_is_told_to_nobody_else(caller: Caller) -> None:
    """Whoever has proven nothing is told the same of her, of somebody else, and of nobody."""
    used_up(caller)
    caller.house.enrolled("bob", password=PASSWORD)
    told = {refused(caller.house.person(), caller, name) for name in ("vera", "bob", "nobody")}
    assert len(told) == 1
    assert TOO_OFTEN not in told.pop()[1]


@pytest.mark.parametrize("step", ["answer", "factor", "resend"])
def test_the_address_of_a_step_leads_to_the_login(caller: Caller, step: str) -> None:
    caller.ask()
    caller.person.go(f"{caller.person.path.rpartition('/')[0]}/{step}")
    assert "Voice" in caller.person.words
    assert caller.person.page.status_code == 200
