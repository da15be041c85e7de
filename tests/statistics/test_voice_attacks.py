"""What share of attacks on a person's account is accepted altogether (IAPAR, ISO/IEC 30107-3).

The attacker knows the digits that are asked for. An answer passes what every answer passes: how
good it is, its time, its words, replays, the detection of attacks, and the comparison.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Retry
from contracts.factor import Answer, Challenge, Enrolled, Factor, Subject, Template, Workshop
from contracts.inference import Job
from contracts.sample import Modality, Sample
from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks import conversion, replay, synthesis
from gateway.evaluation.attacks.presentation import BONA_FIDE, Presentation
from gateway.evaluation.attacks.texts import spoken
from gateway.evaluation.rates import bounds, rate
from tests.fakes.clock import FakeClock
from tests.recordings import models, pasted
from tests.verifiers.conftest import ORIGIN, kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.audio.wav import RATE
from verifiers.voice.utterance import DECODE

PEOPLE = ("george", "lucas", "theo")
ENROLLED = ("0369251", "58147036", "814703692", "4703692581", "6925814")
LEAD = int(1.1 * RATE)
VOICES = {
    "espeak-ng": synthesis.espeak("en-us", "-s", "120"),
    "flite rms": synthesis.flite("rms"),
    "festival kal": synthesis.festival("kal_diphone"),
}
PROGRAMS = {"espeak-ng": "espeak-ng", "flite rms": "flite", "festival kal": "text2wave"}
STOLEN = {
    "spliced digits": None,
    "spliced, phone loudspeaker": replay.PHONE,
    "spliced, good loudspeaker": replay.GOOD,
    "spliced, resynthesised from mels": conversion.MEL,
    "spliced, resynthesised by LPC": conversion.LPC,
}
ROWS = {
    "spliced digits": "the person's digits, joined",
    "spliced, phone loudspeaker": "the same, played by a phone",
    "spliced, good loudspeaker": "the person's digits, played by a good loudspeaker",
    "spliced, resynthesised from mels": "the same, resynthesised from mels",
    "spliced, resynthesised by LPC": "the same through an LPC vocoder",
    "espeak-ng": "espeak-ng says the digits",
    "flite rms": "flite (rms) says them",
    "festival kal": "festival (kal) says them",
}
"""How the card names them."""
CARD = Path(__file__).parents[2] / "docs" / "performance" / "voice-attacks.md"
SHORT = ("espeak-ng", "spliced, phone loudspeaker")
TRIES = 4
CHANCE = 1e-4
"""How often a share that is the card's may fail: digits are drawn anew by each run."""
Attack = Callable[[str, int, str], Real]
"""Makes an answer of the person attacked, the number of the try, and the digits asked for."""


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    """The pool's jobs, in this process."""
    models()
    return {name: load() for name, load in voice.JOBS.items() if name != DECODE}


@pytest.fixture
def factor(jobs: dict[str, Job], clock: FakeClock) -> Factor:
    def infer(job: str, payload: bytes) -> bytes:
        return jobs[job](payload)

    built = voice.build(Workshop(clock, "Gatehouse", ORIGIN, b"pepper" * 6, infer=infer))
    assert built is not None
    return built


def said(waveform: Real, clock: FakeClock) -> Answer:
    """Return a recording that took as long as it is."""
    clock.advance(timedelta(seconds=waveform.size / RATE + 1))
    data = wav.wave((np.clip(waveform, -1, 1) * 32767).astype("<i2").tobytes())
    return Answer(samples=[Sample(Modality.VOICE, "audio/wav", data, clock.now(), "test")])


def enrolled(factor: Factor, person: str, clock: FakeClock) -> Enrolled:
    """Enrol a person, from takes that no attacker has."""
    subject = Subject(person, person)
    made: Challenge | Template = factor.begin_enroll(subject, [])
    recordings = (
        pasted(person, digits, 2 * n, RATE, lead=0.8 + 0.23 * n)
        for n, digits in enumerate(ENROLLED)
    )
    while isinstance(made, Challenge):
        made = factor.continue_enroll(subject, made.secret, said(next(recordings), clock))
    return stored(kept(factor, made))


def synthetic(name: str) -> Attack:
    """Let a synthesiser say the digits."""

    def attack(person: str, number: int, digits: str) -> Real:
        waveform = VOICES[name](spoken([int(digit) for digit in digits]))
        return np.concatenate([np.zeros(LEAD, np.float32), waveform])

    return attack


def stolen(name: str) -> Attack:
    """Join digits that the attacker has, and play or change them."""

    def attack(person: str, number: int, digits: str) -> Real:
        joined = pasted(person, digits, 9 + number, RATE).astype(np.float32)
        if (change := STOLEN[name]) is None:
            return joined
        own = Presentation(BONA_FIDE, f"{person}{digits}{number}", person, joined)
        return next(iter(change.make([own]))).waveform

    return attack


def measured(name: str) -> float:
    """Return the share of these attacks that the card says is accepted."""
    [row] = [line for line in CARD.read_text("utf-8").splitlines() if f"| {ROWS[name]} |" in line]
    accepted, tried = re.findall(r"\((\d+)/(\d+), ", row)[0]
    return int(accepted) / int(tried)


def outcome(factor: Factor, own: Enrolled, attack: Callable[[str], Real], clock: FakeClock) -> str:
    """Attack once and return why it was refused; nothing where it was not."""
    subject = Subject("attacked", "attacked")
    challenge = factor.begin_verify(subject, [own])
    answer = said(attack(str(challenge.asks[0].options["digits"])), clock)
    try:
        verdict = factor.finish_verify(subject, [own], challenge.secret, answer)
    except Retry as error:
        return f"asked again: {error.public}"
    return verdict.reason


@pytest.mark.recordings
@pytest.mark.parametrize("name", [*STOLEN, *VOICES])
def test_what_share_of_attacks_is_accepted(
    name: str, factor: Factor, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    short = request.config.getoption("--length") == "short"
    if name in VOICES and (program := PROGRAMS[name]) and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    if short and name not in SHORT:
        pytest.skip("measured by the whole run")
    attack = synthetic(name) if name in VOICES else stolen(name)
    people, tries = (PEOPLE[:1], 1) if short else (PEOPLE, TRIES)
    found: Counter[str] = Counter()
    for person in people:
        own = enrolled(factor, person, clock)
        for number in range(tries):
            found[outcome(factor, own, partial(attack, person, number), clock)] += 1
    share = rate(found[""], found.total())
    sure = f"{share.low:.1%} to {share.high:.1%}"
    counts = f"{share.errors} of {share.comparisons} ({sure})"
    sys.stdout.write(f"{name}: accepted {counts}; {dict(found)}\n")
    low, high = bounds(share.errors, share.comparisons, CHANCE)
    assert low <= measured(name) <= high, "another share than the card's"
