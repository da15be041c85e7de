"""A call: what is heard in segments is one answer, and whoever goes on speaking is compared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from contracts.errors import NotAllowed, Retry
from contracts.factor import Answer, Challenge, Enrolled, Subject, Template
from contracts.sample import Modality, Sample
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import kept, stored
from verifiers import voice
from verifiers.voice.audio import wav
from verifiers.voice.calls import SEGMENTS, Segments
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.factor import Voice
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import cosine, pack, unpack

ENGINE = described(DEFAULT)
ALICE, EVE = 0, 1


def voice_of(who: int) -> bytes:
    return pack([1.0 if axis == who else 0.0 for axis in range(ENGINE.dimension)])


@dataclass
class Script:
    """Hears what the test says that it hears: who speaks, which digits, for how long."""

    who: int = ALICE
    digits: str = ""
    milliseconds: float = 1500.0
    attack: float | None = None
    signal: str = ""
    parts: tuple[int, ...] = ()
    heard: list[bytes] = field(default_factory=list)

    def listen(self, recording: bytes) -> Utterance:
        if not self.milliseconds:
            raise Retry
        self.heard.append(recording)
        quality = {"speech_ms": self.milliseconds, "onset_ms": 900.0}
        signal = self.signal or str(len(self.heard))
        print_ = hashlib.shake_128(signal.encode()).digest(120)
        parts = tuple(map(voice_of, self.parts))
        whole = voice_of(self.who)
        return Utterance(whole, ENGINE.format, "wide", quality, self.attack, print_, parts)

    def alone(self, recording: bytes) -> None:
        """Hear one voice."""

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        assert language == "en"
        return tuple(self.digits)


@dataclass
class Caller:
    """Somebody in a call, who was asked for digits some seconds ago."""

    ears: Script
    factor: Voice
    enrolled: Enrolled
    asked: Challenge

    def say(self, state: bytes, digits: str = "", **how: object) -> tuple[bytes, bool]:
        for name, value in {"digits": digits, **how}.items():
            setattr(self.ears, name, value)
        asked = self.asked.asks[0].options
        heard = self.factor.hear(state, [self.enrolled], asked, segment())
        return heard.state, heard.enough

    @property
    def digits(self) -> str:
        asked: str = self.asked.asks[0].options["digits"]
        return asked

    def concluded(self, state: bytes) -> tuple[bool, str]:
        verdict = self.factor.conclude([self.enrolled], self.asked.secret, state)
        return verdict.accepted, verdict.reason


def segment() -> Sample:
    return Sample(
        Modality.VOICE,
        "audio/wav",
        wav.wave(b"\0\0" * 16_000),
        FakeClock().now(),
        "client bot",
        forwarded="bot",
    )


@pytest.fixture
def caller(clock: FakeClock) -> Caller:
    ears = Script()
    factor = voice.assemble(ears, VoiceSettings.load(), clock)
    subject = Subject("a1", "alice")
    came: Challenge | Template = factor.begin_enroll(subject, [])
    takes = (
        Answer(samples=[Sample(Modality.VOICE, "audio/wav", take, clock.now(), "test")])
        for take in (wav.wave(bytes([number, 0])) for number in range(1, 9))
    )
    while isinstance(came, Challenge):
        came = factor.continue_enroll(subject, came.secret, next(takes))
    asked = factor.begin_verify(subject, [])
    clock.advance(timedelta(seconds=20))
    return Caller(ears, factor, stored(kept(factor, came)), asked)


def test_it_is_enough_once_all_was_said(caller: Caller) -> None:
    state, enough = caller.say(b"", caller.digits[:3])
    assert not enough
    state, enough = caller.say(state, caller.digits[3:])
    assert enough
    assert caller.concluded(state) == (True, "")


def test_silence_is_nothing_that_was_heard(caller: Caller) -> None:
    with pytest.raises(Retry):
        caller.say(b"", milliseconds=0.0)


def test_half_an_answer_by_another_is_none(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3])
    state, _ = caller.say(state, caller.digits[3:], who=EVE, milliseconds=3000.0)
    assert not caller.concluded(state)[0]


def test_one_segment_by_another_is_enough_to_refuse_all(caller: Caller) -> None:
    """Even where the mean of them all is the person's."""
    state, _ = caller.say(b"", caller.digits[0], who=EVE, milliseconds=200.0)
    state, enough = caller.say(state, caller.digits[1:], who=ALICE, milliseconds=5000.0)
    assert enough
    assert caller.concluded(state) == (False, "another voice in a part of it")


def test_half_a_segment_by_another_is_enough_to_refuse_all(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3], parts=(EVE, ALICE))
    state, enough = caller.say(state, caller.digits[3:], parts=(ALICE, ALICE))
    assert enough
    assert caller.concluded(state) == (False, "another voice in a part of it")


def test_what_else_the_person_says_does_not_speak_for_the_digits(caller: Caller) -> None:
    """A chatbot has hours of it: digits by another beside it would be the person's."""
    with pytest.raises(Retry, match="0 digits in 8000 ms"):
        caller.say(b"", "", milliseconds=8000.0)
    with pytest.raises(Retry, match="2 digits in 4000 ms"):
        caller.say(b"", caller.digits[:2], milliseconds=4000.0)


def test_a_word_that_is_heard_time_and_again_is_one(caller: Caller) -> None:
    state, enough = caller.say(b"", caller.digits[:3] + 5 * caller.digits[2])
    assert not enough
    state, enough = caller.say(state, caller.digits[3:])
    assert enough
    assert caller.concluded(state) == (True, "")


def test_one_recording_is_no_two_segments(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3], signal="one")
    with pytest.raises(Retry):
        caller.say(state, caller.digits[3:], signal="one")


def test_no_segment_of_an_answer_is_good_for_another(caller: Caller, clock: FakeClock) -> None:
    state, _ = caller.say(b"", caller.digits[:3], signal="short", milliseconds=1000.0)
    state, _ = caller.say(state, caller.digits[3:], signal="long")
    verdict = caller.factor.conclude([caller.enrolled], caller.asked.secret, state)
    assert verdict.accepted
    assert verdict.update
    caller.enrolled = replace(caller.enrolled, template=verdict.update)
    state, _ = caller.say(b"", caller.digits[:3], signal="short", milliseconds=1000.0)
    state, _ = caller.say(state, caller.digits[3:], signal="other")
    assert caller.concluded(state) == (False, "a recording that was given before")


def test_digits_that_are_too_old_are_asked_for_anew(caller: Caller, clock: FakeClock) -> None:
    state, _ = caller.say(b"", caller.digits)
    clock.advance(timedelta(seconds=41))
    with pytest.raises(Retry, match="1 s too late"):
        caller.concluded(state)


def test_other_digits_are_refused(caller: Caller) -> None:
    other = "".join(str(9 - int(digit)) for digit in caller.digits)
    state, enough = caller.say(b"", other[:3])
    assert not enough
    state, enough = caller.say(state, other, milliseconds=3000.0)
    assert enough
    assert caller.concluded(state) == (False, "other digits than were asked for")


def test_more_digits_than_anybody_can_say_are_none(caller: Caller) -> None:
    with pytest.raises(Retry, match="20 digits in 1500 ms"):
        caller.say(b"", "97" * 10)


def test_the_worst_sign_of_an_attack_counts_for_all(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3], attack=-1.0)
    state, _ = caller.say(state, caller.digits[3:], attack=2.0)
    assert caller.concluded(state) == (False, "presentation attack suspected")


def test_what_is_kept_holds_no_sound_and_has_an_end(caller: Caller) -> None:
    state, enough = caller.say(b"", "7", milliseconds=1000.0)
    for _ in range(SEGMENTS - 1):
        assert not enough
        state, enough = caller.say(state, "7")
    assert enough
    assert len(Segments.load(state).heard) == SEGMENTS
    assert caller.ears.heard[0] not in state


def test_what_is_kept_is_protected_as_voiceprints_are(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3])
    again, _ = caller.say(b"", caller.digits[:3], signal="another")
    raw = caller.ears.listen(b"").embedding
    embeddings = [Segments.load(each).heard[0].utterance.embedding for each in (state, again)]
    assert all(abs(cosine(unpack(raw), unpack(each))) < 0.4 for each in embeddings)
    assert abs(cosine(*map(unpack, embeddings))) < 0.4


def test_a_call_that_another_version_has_begun_is_over(caller: Caller) -> None:
    state, _ = caller.say(b"", caller.digits[:3])
    for missing in ("salt", "heard", "low", "prints"):
        found = json.loads(state)
        del found[missing]
        older = json.dumps(found).encode()
        with pytest.raises(NotAllowed):
            caller.say(older, caller.digits[3:])
        with pytest.raises(NotAllowed):
            caller.factor.follow(older, [caller.enrolled], segment())


def of_another_engine(state: bytes) -> bytes:
    """Return what an engine of before would have measured, in the same layout."""
    found = Segments.load(state)
    heard = (
        replace(one, utterance=replace(one.utterance, engine="another/2")) for one in found.heard
    )
    return replace(found, heard=tuple(heard)).dump()


def follow(caller: Caller, speakers: list[int], milliseconds: float = 1500.0) -> list[bool]:
    state, changes = b"", list[bool]()
    for who in speakers:
        caller.ears.who, caller.ears.milliseconds = who, milliseconds
        followed = caller.factor.follow(state, [caller.enrolled], segment())
        state, changes = followed.state, [*changes, followed.changed]
    return changes


def test_whoever_goes_on_is_not_suspected(caller: Caller) -> None:
    assert not any(follow(caller, [ALICE] * 12))


@pytest.mark.parametrize("before", [0, 1, 6])
def test_another_is_noticed_once_they_have_said_enough(caller: Caller, before: int) -> None:
    changes = follow(caller, [ALICE] * before + [EVE] * 6)
    assert not any(changes[: before + 1])
    assert any(changes)


def test_what_sounds_like_an_attack_is_another(caller: Caller) -> None:
    state = caller.factor.follow(b"", [caller.enrolled], segment()).state
    caller.ears.attack, caller.ears.milliseconds = -1.0, 3000.0
    followed = caller.factor.follow(state, [caller.enrolled], segment())
    assert not followed.changed
    assert caller.factor.follow(followed.state, [caller.enrolled], segment()).changed


def test_what_was_heard_before_in_the_call_is_another(caller: Caller) -> None:
    state, changes = b"", list[bool]()
    caller.ears.milliseconds = 3000.0
    for signal in ("one", "two", "three", "one", "two"):
        caller.ears.signal = signal
        followed = caller.factor.follow(state, [caller.enrolled], segment())
        state, changes = followed.state, [*changes, followed.changed]
    assert changes == [False, False, False, False, True]


def test_one_odd_window_takes_nothing_back(caller: Caller) -> None:
    assert not any(follow(caller, [ALICE, ALICE, EVE, ALICE, ALICE], milliseconds=3000.0))


def test_a_call_that_went_over_an_upgrade_is_over_and_nobody_else_spoke(caller: Caller) -> None:
    """Its layout may be the same: what was heard is compared with nothing of another engine."""
    older = of_another_engine(caller.say(b"", caller.digits[:3])[0])
    with pytest.raises(NotAllowed, match="another version"):
        caller.say(older, caller.digits[3:])
    with pytest.raises(NotAllowed, match="another version"):
        caller.factor.follow(older, [caller.enrolled], segment())


def test_a_voiceprint_of_another_engine_ends_a_call_and_changes_nothing(caller: Caller) -> None:
    caller.enrolled = replace(caller.enrolled, format="another/2")
    caller.ears.heard.clear()
    with pytest.raises(NotAllowed, match="no voiceprint"):
        caller.say(b"", caller.digits)
    with pytest.raises(NotAllowed, match="no voiceprint"):
        caller.factor.follow(b"", [caller.enrolled], segment())
    assert not caller.ears.heard
