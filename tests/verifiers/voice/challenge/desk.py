"""One person, enrolled, and the factor in front of them, with a mouth that says what it is told."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from contracts.errors import Retry
from contracts.factor import Answer, Challenge, Enrolled, Subject, Template, Verdict
from contracts.sample import Modality, Sample
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.factor import Voice
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import pack

ALICE = Subject("a1", "alice")
ENGINE = described(DEFAULT)


def signal(name: str) -> bytes:
    """Return the fingerprint of a signal that is like no other."""
    return hashlib.shake_128(name.encode()).digest(160)


def embedding(voice: int) -> bytes:
    """Return the embedding of a voice that is like no other."""
    return pack([1.0 if axis == voice else 0.0 for axis in range(ENGINE.dimension)])


class Mouth:
    """What is said next, and what the pool makes of it, whatever the recording holds."""

    def __init__(self) -> None:
        self.digits = ""
        self.axis = 0
        self.signal = signal("first")
        self.attack: float | None = None
        self.quality: dict[str, float] = {"speech_ms": 2400.0, "onset_ms": 800.0}
        self.parts: tuple[int, ...] = ()
        self.poor = False
        self.language = ""

    def listen(self, recording: bytes) -> Utterance:
        if self.poor:
            raise Retry(reason="too_quiet")
        known = {"quality": self.quality, "fingerprint": self.signal, "attack": self.attack}
        parts = tuple(map(embedding, self.parts))
        return Utterance(embedding(self.axis), ENGINE.format, parts=parts, **known)  # type: ignore[arg-type]

    def alone(self, recording: bytes) -> None:
        pass

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        self.language = language
        return tuple(self.digits)


class Desk:
    """One person, enrolled, and the factor in front of them."""

    def __init__(self, clock: FakeClock, settings: VoiceSettings) -> None:
        self.clock, self.mouth = clock, Mouth()
        self.factor: Voice = voice.assemble(self.mouth, settings, clock)
        self.enrolled = self._enrol()

    def _enrol(self) -> Enrolled:
        came: Challenge | Template = self.factor.begin_enroll(ALICE, ())
        for number in range(10):
            if isinstance(came, Template):
                return stored(kept(self.factor, came))
            self.mouth.signal = signal(f"enrolment {number}")
            came = self.factor.continue_enroll(ALICE, came.secret, recorded(number))
        raise AssertionError("the enrolment does not end")

    def answer(
        self, *, say: str | None = None, after: float = 9, seconds: float = 7, forwarded: str = ""
    ) -> Verdict:
        """Answer a new challenge; the signal is the mouth's."""
        challenge = self.factor.begin_verify(ALICE, [self.enrolled])
        self.mouth.digits = challenge.asks[0].options["digits"] if say is None else say
        self.clock.advance(timedelta(seconds=after))
        given = recorded(1, seconds, forwarded)
        verdict = self.factor.finish_verify(ALICE, [self.enrolled], challenge.secret, given)
        if verdict.update is not None:
            version = self.enrolled.version + 1
            self.enrolled = replace(self.enrolled, template=verdict.update, version=version)
        return verdict


def recorded(number: int, seconds: float = 0.01, forwarded: str = "") -> Answer:
    data = wav.wave(number.to_bytes(2, "little") * int(seconds * wav.RATE))
    now = FakeClock().now()
    sample = Sample(Modality.VOICE, "audio/wav", data, now, "test", forwarded=forwarded)
    return Answer(samples=[sample])
