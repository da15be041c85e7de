"""An answer is right where the right voice says the digits that were asked for, now, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from contracts.errors import Misconfigured, Retry
from tests.fakes.clock import FakeClock
from tests.verifiers.voice.challenge.desk import ALICE, Desk, recorded, signal
from verifiers.voice.challenge import seen
from verifiers.voice.challenge.digits import Prompted, choose
from verifiers.voice.challenge.edits import edits
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint


def test_the_right_digits_in_the_right_voice_are_accepted(desk: Desk) -> None:
    verdict = desk.answer()
    assert verdict.accepted
    assert verdict.amr == ("vbm",)
    assert not verdict.forged


def test_digits_are_chosen_at_random_and_no_two_neighbours_are_equal() -> None:
    chosen = [choose(6) for _ in range(400)]
    assert len(set(chosen)) > 395
    assert {digit for each in chosen for digit in each} == set("0123456789")
    assert not [each for each in chosen if any(a == b for a, b in pairwise(each))]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("428", "428", 0), ("428", "482", 2), ("428", "28", 1), ("", "428", 3), ("4281", "428", 1)],
)
def test_edits_are_counted(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_one_digit_may_be_misheard_and_no_more(desk: Desk, settings: VoiceSettings) -> None:
    assert settings.challenge_edits == 1
    challenge = desk.factor.begin_verify(ALICE, [desk.enrolled])
    digits = Prompted.load(challenge.secret).digits
    desk.clock.advance(timedelta(seconds=9))
    for wrong, accepted in ((1, True), (2, False)):
        other = "".join(str((int(each) + 5) % 10) for each in digits[:wrong])
        desk.mouth.digits = other + digits[wrong:]
        given = desk.factor.finish_verify(ALICE, [desk.enrolled], challenge.secret, recorded(2))
        assert given.accepted is accepted
    assert given.reason == "other digits than were asked for"


def test_a_last_word_that_is_heard_time_and_again_was_said_once(desk: Desk) -> None:
    challenge = desk.factor.begin_verify(ALICE, [desk.enrolled])
    digits = Prompted.load(challenge.secret).digits
    desk.clock.advance(timedelta(seconds=9))
    desk.mouth.digits = digits + digits[-1] * 9
    assert desk.factor.finish_verify(ALICE, [desk.enrolled], challenge.secret, recorded(2)).accepted


def test_another_voice_is_rejected_whatever_it_says(desk: Desk) -> None:
    desk.mouth.axis = 7
    verdict = desk.answer()
    assert not verdict.accepted
    assert verdict.reason.startswith("another voice")
    assert (verdict.amr, verdict.kinds) == ((), frozenset())


@pytest.mark.parametrize(
    ("how", "quality", "reason"),
    [
        ({"after": 5, "seconds": 7}, {}, "recorded before it was asked for"),
        ({}, {"onset_ms": 699.0}, "spoken before the first digit was shown"),
        ({}, {"speech_ms": 300.0}, "spoken faster than people speak"),
        ({}, {"speech_ms": 6001.0}, "more was spoken than the digits"),
    ],
)
def test_what_cannot_have_been_said_in_answer_is_rejected(
    desk: Desk, how: Mapping[str, float], quality: Mapping[str, float], reason: str
) -> None:
    desk.mouth.quality |= quality
    verdict = desk.answer(**how)  # type: ignore[arg-type]
    assert (verdict.accepted, verdict.reason) == (False, reason)


def test_speech_may_begin_as_soon_as_the_page_shows_the_first_digit(
    desk: Desk, settings: VoiceSettings
) -> None:
    shown = desk.factor.begin_verify(ALICE, [desk.enrolled]).asks[0].options["lead_ms"]
    assert shown == settings.challenge_onset_ms == 700
    desk.mouth.quality["onset_ms"] = shown
    assert desk.answer().accepted


def test_a_forwarded_recording_may_begin_with_speech_and_nothing_else(desk: Desk) -> None:
    desk.mouth.quality["onset_ms"] = 0.0
    assert desk.answer(forwarded="bot").accepted
    assert not desk.answer(forwarded="bot", after=5, seconds=7).accepted


@pytest.mark.parametrize(("forwarded", "learnt"), [("", True), ("bot", False)])
def test_a_voiceprint_learns_from_our_own_page_alone(
    forwarded: str, learnt: bool, clock: FakeClock, settings: VoiceSettings
) -> None:
    desk = Desk(clock, settings.model_copy(update={"adaptation": True}))
    desk.mouth.signal, desk.mouth.attack = signal("answer"), 0.1
    assert desk.answer(forwarded=forwarded).accepted
    assert (Voiceprint.load(desk.enrolled.template).adapted is not None) is learnt


@pytest.mark.parametrize("forwarded", ["", "bot"])
@pytest.mark.parametrize("parts", [(7, 0, 0), (0, 7, 0), (0, 0, 7)])
def test_who_says_the_digits_is_who_speaks_throughout(
    desk: Desk, parts: tuple[int, ...], forwarded: str
) -> None:
    desk.mouth.parts = parts
    verdict = desk.answer(forwarded=forwarded)
    assert (verdict.accepted, verdict.reason) == (False, "another voice in a part of it")
    desk.mouth.parts, desk.mouth.signal = (0, 0, 0), signal("another")
    assert desk.answer(forwarded=forwarded).accepted


def test_a_suspected_attack_is_rejected_as_one(desk: Desk) -> None:
    desk.mouth.attack = -0.1
    verdict = desk.answer()
    assert (verdict.accepted, verdict.forged) == (False, True)
    desk.mouth.attack, desk.mouth.signal = 0.1, signal("another")
    assert desk.answer().accepted


def test_a_recording_is_known_again_for_a_month_whatever_came_of_it(desk: Desk) -> None:
    assert not desk.answer(say="").accepted
    again = desk.answer()
    assert (again.accepted, again.forged) == (False, True)
    assert again.reason == "a recording that was given before"
    desk.clock.advance(timedelta(days=30))
    assert not desk.answer().accepted
    desk.clock.advance(timedelta(days=31))
    assert desk.answer().accepted


def test_only_so_many_recordings_are_remembered(settings: VoiceSettings) -> None:
    few = settings.model_copy(update={"replay_recordings": 3})
    voiceprint = Voiceprint(b"", b"\0" * 8, "wide", 3)
    for number in range(5):
        voiceprint = seen.noted(voiceprint, bytes([number]), 100, few)
    assert [each.fingerprint for each in voiceprint.seen] == [b"\x02", b"\x03", b"\x04"]
    assert [each.day for each in seen.noted(voiceprint, b"x", 131, few).seen] == [131]


def test_after_a_minute_other_digits_are_asked_for(desk: Desk) -> None:
    with pytest.raises(Retry) as raised:
        desk.answer(after=60.5)
    assert raised.value.reason == "too_late"
    assert desk.answer(after=59.5).accepted


def test_poor_recordings_are_no_free_tries_for_ever(desk: Desk, settings: VoiceSettings) -> None:
    desk.mouth.poor = True
    challenge = desk.factor.begin_verify(ALICE, [desk.enrolled])
    shown = {challenge.asks[0].options["digits"]}
    for _ in range(settings.challenge_takes):
        with pytest.raises(Retry):
            desk.factor.finish_verify(ALICE, [desk.enrolled], challenge.secret, recorded(3))
        challenge = desk.factor.renew(challenge.secret)
        shown.add(challenge.asks[0].options["digits"])
    assert len(shown) == settings.challenge_takes + 1
    verdict = desk.factor.finish_verify(ALICE, [desk.enrolled], challenge.secret, recorded(3))
    assert (verdict.accepted, verdict.reason) == (
        *(False, "too many recordings that could not be judged"),
    )


def test_people_are_asked_in_their_language_where_something_recognises_it(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_RECOGNISERS", "de=/models/german, fr=/models/french")
    desk = Desk(clock, VoiceSettings.load())
    for language, asked in (("de-AT", "de"), ("fr", "fr"), ("ja", "en"), ("", "en")):
        person = replace(ALICE, language=language)
        options = desk.factor.begin_verify(person, [desk.enrolled]).asks[0].options
        assert options["language"] == asked
        assert options["digits"].isascii()


@pytest.mark.parametrize("value", ["de", "=x", "de=", "../x=/models"])
def test_recognisers_are_named_by_language_and_folder(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_RECOGNISERS", value)
    with pytest.raises(Misconfigured, match="RECOGNISERS"):
        VoiceSettings.load()
