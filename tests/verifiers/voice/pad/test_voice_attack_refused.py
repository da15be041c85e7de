"""A suspected attack ends like another voice: refused, counted, and a reason in the trail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.factor import Challenge, Enrolled, Factor, Subject, Template, Verdict, Workshop
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import kept, stored
from tests.verifiers.people import Speaker, listen
from verifiers import voice
from verifiers.voice.utterance import LISTEN, Utterance

ALICE = Subject("a1", "alice")


class Pool:
    """The pool, which can be told what the detectors make of the next recordings."""

    attack: float | None = None

    def __call__(self, job: str, payload: bytes) -> bytes:
        done = listen(job, payload)
        return replace(Utterance.load(done), attack=self.attack).dump() if job == LISTEN else done


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def factor(workshop: Workshop, pool: Pool) -> Factor:
    built = voice.build(replace(workshop, infer=pool))
    assert built is not None
    return built


@pytest.fixture
def enrolled(factor: Factor, clock: FakeClock) -> Enrolled:
    person, made = Speaker(clock), factor.begin_enroll(ALICE, [])
    step: Challenge | Template = made
    while isinstance(step, Challenge):
        step = factor.continue_enroll(ALICE, step.secret, person.right(step))
    return stored(kept(factor, step))


def judged(factor: Factor, enrolled: Enrolled, clock: FakeClock, *, right: bool = True) -> Verdict:
    person, asked = Speaker(clock), factor.begin_verify(ALICE, [enrolled])
    answer = person.right(asked) if right else person.wrong(asked)
    return factor.finish_verify(ALICE, [enrolled], asked.secret, answer)


def test_the_right_voice_and_the_right_digits_do_not_outweigh_a_suspicion(
    factor: Factor, enrolled: Enrolled, pool: Pool, clock: FakeClock
) -> None:
    pool.attack = -0.001
    verdict = judged(factor, enrolled, clock)
    assert not verdict.accepted
    assert verdict.reason == "presentation attack suspected"
    assert verdict.forged
    assert not verdict.amr
    assert verdict.credential_id == enrolled.credential_id


@pytest.mark.parametrize("margin", [0.0, 5.0, None], ids=["at", "above", "off"])
def test_what_reaches_the_threshold_is_judged_by_its_voice(
    factor: Factor, enrolled: Enrolled, pool: Pool, clock: FakeClock, margin: float | None
) -> None:
    pool.attack = margin
    assert judged(factor, enrolled, clock).accepted
    assert not judged(factor, enrolled, clock, right=False).accepted


def test_it_looks_like_any_refusal_and_is_remembered_like_one(
    factor: Factor, enrolled: Enrolled, pool: Pool, clock: FakeClock
) -> None:
    another = judged(factor, enrolled, clock, right=False)
    pool.attack = -3.0
    suspected = judged(factor, enrolled, clock)
    assert (another.accepted, another.amr) == (suspected.accepted, suspected.amr)
    assert suspected.update is not None
