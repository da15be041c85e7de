"""The digits of a login are fresh, for one answer, and asked anew wherever nothing was judged."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from tests.fakes.clock import FakeClock
from tests.gateway.conftest import Build
from tests.gateway.login import spoken
from tests.gateway.login.spoken import Caller
from verifiers.voice.audio.wav import wave

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def caller(build: Build, clock: FakeClock) -> Caller:
    return spoken.caller(build, clock)


def test_whoever_says_the_digits_is_let_in(caller: Caller) -> None:
    caller.ask()
    caller.send(caller.say())
    assert caller.arrived


def test_other_digits_count_as_a_wrong_answer_and_the_next_are_others(caller: Caller) -> None:
    caller.ask()
    before = caller.digits
    caller.send(caller.say(before[::-1]))
    assert not caller.arrived
    [rejected] = caller.trail("factor.rejected")
    assert rejected["reason"] == "other digits than were asked for"
    caller.person.choose("Voice")
    assert caller.digits != before


def test_an_answer_that_cannot_be_judged_is_asked_for_with_other_digits(caller: Caller) -> None:
    caller.ask()
    before = caller.digits
    caller.send(b"no recording")
    assert not caller.arrived
    assert caller.digits != before
    caller.send(caller.say())
    assert caller.arrived


def test_what_a_busy_pool_did_not_hear_is_no_try_and_may_be_sent_again(caller: Caller) -> None:
    caller.ask()
    before, said = caller.digits, caller.say()
    caller.pool.busy = True
    for _ in range(12):
        assert caller.send(said).status_code == 503
        assert caller.digits == before
    caller.pool.busy = False
    caller.send(said)
    assert caller.arrived


def test_digits_are_good_for_a_minute(caller: Caller) -> None:
    caller.ask()
    before, said = caller.digits, caller.say()
    caller.house.clock.advance(timedelta(seconds=53))
    caller.send(said)
    assert "That took too long." in caller.person.words
    assert caller.digits != before
    assert not caller.arrived


def test_fresh_digits_can_be_had_at_any_time(caller: Caller) -> None:
    caller.ask()
    caller.house.clock.advance(timedelta(seconds=100))
    before, again = caller.digits, caller.anew()
    assert again.status_code == 200
    assert caller.digits != before
    caller.send(caller.say())
    assert caller.arrived


def test_a_challenge_is_answered_once(caller: Caller) -> None:
    caller.ask()
    form, said = caller.person.form(action="/answer"), caller.say()
    caller.send(wave(b"\x02\0" + said[46:]))
    assert not caller.arrived
    answer = caller.person.client.post(
        form.action, data={**form.fields, "sample": (io.BytesIO(said), "voice.wav")}
    )
    assert answer.status_code == 410
    assert not caller.arrived


def test_a_recording_that_was_given_is_known_at_the_next_login(caller: Caller) -> None:
    caller.ask()
    said = caller.say()
    caller.send(said)
    assert caller.person.arrived.pop("code")
    caller.house.clock.advance(timedelta(days=29))
    caller.ask()
    caller.house.clock.advance(timedelta(seconds=8))
    caller.send(said)
    assert not caller.arrived
    [forged] = caller.trail("factor.forged")
    assert forged["reason"] == "a recording that was given before"
    assert "given before" not in caller.person.words
