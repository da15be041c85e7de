"""Whoever enrols a voice again makes no recording good again that was given before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.factor import Challenge, Subject
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Added, Asked, Rules
from enrollment.submission import Submission, Upload
from store import Purpose
from tests.fakes.callbacks import UNHEARD
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import Build
from tests.gateway.login import spoken
from tests.gateway.login.spoken import Caller

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
RULES = Rules(simulators=False, failures_disable=50, biometric_failures=5, messages_per_hour=5)


@pytest.fixture
def caller(build: Build, clock: FakeClock) -> Caller:
    return spoken.caller(build, clock)


def vera(caller: Caller) -> str:
    with caller.house.store.read() as tx:
        account = tx.accounts.find("vera")
    assert account
    return account.id


def enrol_again(caller: Caller) -> None:
    """Enrol anew, as the page of the account does."""
    house, subject = caller.house, Subject(vera(caller), "vera")
    ceremonies = Ceremonies(house.store, house.factors, house.clock, RULES, UNHEARD)
    came: object = ceremonies.begin(Purpose.ENROLL, "voice", "page", subject)
    while isinstance(came, Asked):
        [sample] = caller.speaker.right(Challenge(came.asks)).samples
        said = Submission({}, {"sample": Upload("audio/wav", sample.data)}, "page")
        came = ceremonies.answer(came.handle, "page", said)
    assert isinstance(came, Added)


@pytest.mark.parametrize("disabled", [False, True])
def test_a_recording_given_before_is_known_again(
    caller: Caller, clock: FakeClock, disabled: bool
) -> None:
    caller.ask()
    given = caller.say()
    caller.send(given)
    assert caller.arrived
    if disabled:
        account_id = vera(caller)
        with caller.house.store.write() as tx:
            held = tx.credentials.list(account_id)
            assert [tx.credentials.failed(each.id, 1) for each in held if each.factor == "voice"]
    enrol_again(caller)
    clock.advance(timedelta(minutes=1))
    caller.ask()
    caller.send(given)
    [forged] = caller.trail("factor.forged")
    assert forged["reason"] == "a recording that was given before"
