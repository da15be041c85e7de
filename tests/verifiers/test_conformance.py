"""One suite for every factor that the registry finds: what the port promises, they all keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.abilities import Renewing
from contracts.errors import BadRequest, Expired, Retry
from contracts.factor import (
    Answer,
    Challenge,
    Enrolled,
    Factor,
    Kind,
    Subject,
    Template,
    Verdict,
    Workshop,
)
from contracts.text import Text
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import ORIGIN, kept, stored
from tests.verifiers.people import PEOPLE, Person, listen
from verifiers import registry

RFC_8176 = {"pwd", "otp", "sms", "hwk", "swk", "vbm", "face", "fpt", "iris", "pop", "user"}
BOB = Subject("b0b", "bob")
FOUND = registry.load(Workshop(FakeClock(), "Gatehouse", ORIGIN, b"pepper", listen))
HELD = [name for name, factor in FOUND.items() if factor.kind is Kind.POSSESSION]
RENEWING = [name for name, factor in FOUND.items() if isinstance(factor, Renewing)]
RUBBISH = ["", " ", "\0", "\ud800", "{}", "null", "[" * 20_000, "9" * 100_000, "💥"]


@pytest.fixture
def heard(workshop: Workshop) -> Workshop:
    """The workshop, with an inference pool that answers."""
    return replace(workshop, infer=listen)


@pytest.fixture(params=FOUND)
def factor(request: pytest.FixtureRequest, heard: Workshop) -> Factor:
    return registry.load(heard)[request.param]


@pytest.fixture
def person(factor: Factor, clock: FakeClock) -> Person:
    if factor.name not in PEOPLE:
        pytest.skip(f"nobody in tests/verifiers/people.py answers for {factor.name}")
    return PEOPLE[factor.name](clock)


def enroll(factor: Factor, person: Person, subject: Subject) -> Template:
    """Walk through an enrolment as the runner does."""
    came: Challenge | Template = factor.begin_enroll(subject, ())
    for _ in range(10):
        if isinstance(came, Template):
            return kept(factor, came)
        came = factor.continue_enroll(subject, came.secret, person.right(came))
    raise AssertionError("the enrolment does not end")


def verify(
    factor: Factor, person: Person, subject: Subject, enrolled: Sequence[Enrolled]
) -> Verdict:
    challenge = factor.begin_verify(subject, enrolled)
    return factor.finish_verify(subject, enrolled, challenge.secret, person.right(challenge))


def check_challenge(challenge: Challenge) -> None:
    """Check what pages and the runner rely on."""
    names = [ask.name for ask in challenge.asks]
    assert names
    assert len(set(names)) == len(names)
    assert timedelta() < challenge.lifetime <= timedelta(minutes=10)
    assert 1 <= challenge.step <= challenge.steps
    assert 1 <= challenge.tries <= 10
    for ask in challenge.asks:
        assert isinstance(ask.prompt, Text)
        assert str(ask.prompt)
        assert json.loads(json.dumps(dict(ask.options))) == ask.options


def test_it_states_its_strength(factor: Factor) -> None:
    assert str(factor.title)
    assert factor.kind in Kind
    assert factor.amr
    assert set(factor.amr) <= RFC_8176
    assert not (factor.silent and factor.on_the_way)
    assert factor.prospect(()).proof.remembered <= factor.silent


def test_who_enrolled_is_accepted(factor: Factor, person: Person, alice: Subject) -> None:
    template = enroll(factor, person, alice)
    assert template.data
    assert "/" in template.format
    verdict = verify(factor, person, alice, [stored(template, "c7")])
    assert verdict.accepted
    assert verdict.credential_id == "c7"
    assert set(verdict.amr) <= set(factor.amr)
    assert verdict.amr
    assert factor.kind in verdict.kinds


def test_a_wrong_answer_is_a_returned_value(factor: Factor, person: Person, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, person, alice))]
    challenge = factor.begin_verify(alice, enrolled)
    verdict = factor.finish_verify(alice, enrolled, challenge.secret, person.wrong(challenge))
    assert not verdict.accepted
    assert verdict.reason
    assert verdict.update is None or isinstance(factor, Renewing)
    assert not verdict.kinds
    assert not verdict.amr


@pytest.mark.parametrize("factor", RENEWING, indirect=True)
def test_a_question_for_one_answer_stays_the_same_while_it_is_good(
    factor: Factor, person: Person, alice: Subject, clock: FakeClock
) -> None:
    assert isinstance(factor, Renewing)
    asked = factor.begin_verify(alice, [stored(enroll(factor, person, alice))])
    stands = factor.standing(asked.secret)
    assert stands
    assert (stands.secret, stands.asks) == (asked.secret, asked.asks)
    assert factor.renew(asked.secret).secret != asked.secret
    clock.advance(asked.lifetime)
    assert factor.standing(asked.secret) is None


def test_with_nothing_enrolled_every_answer_is_rejected(
    factor: Factor, person: Person, alice: Subject
) -> None:
    verdict = verify(factor, person, alice, ())
    assert not verdict.accepted
    assert verdict.credential_id is None


@pytest.mark.parametrize("factor", HELD, indirect=True)
def test_what_one_holds_does_not_open_another_s_account(
    factor: Factor, person: Person, alice: Subject, clock: FakeClock
) -> None:
    mine = [stored(enroll(factor, person, alice), "mine")]
    other = PEOPLE[factor.name](clock)
    theirs = [stored(enroll(factor, other, BOB), "theirs")]
    challenge = factor.begin_verify(alice, mine)
    answer = person.right(challenge)
    assert not factor.finish_verify(BOB, theirs, challenge.secret, answer).accepted


def test_each_half_can_run_in_another_process(
    factor: Factor, person: Person, alice: Subject, heard: Workshop
) -> None:
    def another() -> Factor:
        return registry.load(heard)[factor.name]

    came: Challenge | Template = another().begin_enroll(alice, ())
    while isinstance(came, Challenge):
        came = another().continue_enroll(alice, came.secret, person.right(came))
    enrolled = [stored(kept(another(), came))]
    challenge = another().begin_verify(alice, enrolled)
    answer = person.right(challenge)
    assert another().finish_verify(alice, enrolled, challenge.secret, answer).accepted


def test_what_the_server_remembers_stays_there(
    factor: Factor, person: Person, alice: Subject
) -> None:
    came: Challenge | Template = factor.begin_enroll(alice, ())
    while isinstance(came, Challenge):
        check_kept(came)
        came = factor.continue_enroll(alice, came.secret, person.right(came))
    assert repr(came.data) not in repr(came)
    enrolled = stored(kept(factor, came))
    assert repr(enrolled.template) not in repr(enrolled)
    check_kept(factor.begin_verify(alice, [enrolled]))


def check_kept(challenge: Challenge) -> None:
    check_challenge(challenge)
    if challenge.secret:
        shown = repr([(ask.name, str(ask.prompt), ask.options) for ask in challenge.asks])
        assert challenge.secret.decode() not in shown
        assert repr(challenge.secret) not in repr(challenge)


def test_the_prospect_is_at_least_what_comes(
    factor: Factor, person: Person, alice: Subject
) -> None:
    enrolled = [stored(enroll(factor, person, alice))]
    verdict = verify(factor, person, alice, enrolled)
    for prospect in (factor.prospect(()), factor.prospect(enrolled)):
        assert prospect.accepted
        assert prospect.kinds >= verdict.kinds
        assert prospect.proof.user_verified >= verdict.proof.user_verified
        assert prospect.proof.device_bound >= verdict.proof.device_bound
        assert prospect.proof.phishing_resistant >= verdict.proof.phishing_resistant
        assert (prospect.proof.address_code is None) <= (verdict.proof.address_code is None)


def test_an_enrolment_proves_no_more_than_a_login(
    factor: Factor, person: Person, alice: Subject
) -> None:
    proven = enroll(factor, person, alice).proven
    if proven is not None:
        assert proven.accepted
        assert set(proven.amr) <= set(factor.amr)
        assert proven.kinds <= factor.prospect(()).kinds


def test_an_answer_names_somebody_only_where_it_can(
    factor: Factor, person: Person, alice: Subject
) -> None:
    assert factor.claimed(Answer()) is None
    template = enroll(factor, person, alice)
    if factor.usernameless:
        challenge = factor.begin_verify(None, ())
        answer = person.right(challenge)
        assert factor.claimed(answer) == template.unique
        enrolled = [stored(template)]
        assert factor.finish_verify(alice, enrolled, challenge.secret, answer).accepted


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_rejected_or_asked_again(
    factor: Factor, person: Person, alice: Subject, rubbish: str
) -> None:
    enrolled = [stored(enroll(factor, person, alice))]
    challenge = factor.begin_verify(alice, enrolled)
    answer = Answer({ask.name: rubbish for ask in challenge.asks})
    assert factor.claimed(answer) is None
    try:
        verdict = factor.finish_verify(alice, enrolled, challenge.secret, answer)
    except (Retry, BadRequest):
        return
    assert not verdict.accepted


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_not_enrolled(factor: Factor, alice: Subject, rubbish: str) -> None:
    challenge = factor.begin_enroll(alice, ())
    answer = Answer({ask.name: rubbish for ask in challenge.asks})
    with pytest.raises((Retry, BadRequest, Expired)):
        factor.continue_enroll(alice, challenge.secret, answer)
