"""The whole way with a real voice: digits as people say them, sent as a messenger sends them.

The jobs of the inference pool run in this process, with the models that it loads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from contracts.inference import Job
from gateway.evaluation.conditions import resample
from gateway.login.elsewhere import FACTOR
from tests.foreign import coded
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.voice_notes.conftest import Hearing, Pool, Talk, confidential
from tests.recordings import FOLDER, models, part
from verifiers import voice
from verifiers.voice.arrays import Floats
from verifiers.voice.audio import wav
from verifiers.voice.challenge import digits
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import PooledEars

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DIGITS = FOLDER / "digits"
PAUSE = np.zeros(int(0.3 * wav.RATE), np.float32)


@cache
def job(name: str) -> Job:
    return voice.JOBS[name]()


def infer(name: str, payload: bytes) -> bytes:
    return job(name)(payload)


def said(speaker: str, words: Sequence[str], take: int) -> Floats:
    """Paste digits as a speaker said them, with pauses in between."""
    parts = [PAUSE, PAUSE]
    for place, digit in enumerate(words):
        path = DIGITS / speaker / f"{digit}_{speaker}_{(take + place) % 15}.wav"
        parts += [_read(path), PAUSE]
    return np.concatenate(parts)


def _read(path: Path) -> Floats:
    waveform, rate = soundfile.read(path, dtype="float32")
    return resample(waveform, rate, wav.RATE)


def samples(waveform: Floats) -> np.typing.NDArray[np.int16]:
    return (np.clip(waveform * 0.8, -1, 1) * 32767).astype("<i2")


def note(waveform: Floats) -> bytes:
    """Encode it as WhatsApp and Telegram do."""
    return coded(samples(waveform), "ogg", "libopus", 48_000, bit_rate=24_000)


@pytest.fixture(autouse=True)
def same_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of random digits one true answer in twenty is misheard; that is measured elsewhere."""
    monkeypatch.setattr(digits, "choose", lambda count: "873405"[:count])


@pytest.fixture
def heard(cheap_hashes: None, build: Build) -> Talk:
    """A person who has enrolled the voice of one of the speakers, in a real browser's way."""
    part("digits")
    models()
    house = build(infer=infer, enroll_on_the_way=False, factors=_voice(build))
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    talk = Talk(house, Hearing(), Pool(), alice, house.person(), confidential(house, "bot"))
    _enrol(talk, "george")
    return talk


def _voice(build: Build) -> dict[str, object]:
    clock = build().clock
    return {FACTOR: voice.assemble(PooledEars(infer), VoiceSettings.load(), clock)}


def _enrol(talk: Talk, speaker: str) -> None:
    talk.person.go("/account")
    talk.person.log_in("alice", PASSWORD)
    talk.person.fill(talk.person.form(action="/enroll/voice"))
    talk.person.choose("Authenticator app")
    talk.person.answer(code=talk.house.totp())
    talk.person.fill(talk.person.form(action="/enroll/voice"))
    talk.person.fill(talk.person.form(action="/enroll/answer"), consent="1")
    for take in range(6):
        if "How you show that it is you" in talk.person.words:
            break
        phrase = said(speaker, list("314159265"), take)
        talk.house.clock.advance(timedelta(seconds=10))
        sample = (io.BytesIO(wav.wave(samples(phrase).tobytes())), "sample.wav")
        talk.person.fill(talk.person.form(action="/enroll/answer"), sample=sample)
    talk.house.clock.advance(timedelta(minutes=1))


def asked(talk: Talk, state: str = "one") -> list[str]:
    talk.ask(state=state)
    talk.take()
    talk.house.clock.advance(timedelta(seconds=20))
    return talk.words().split()


def held(house: House, account_id: str) -> list[str]:
    with house.store.read() as tx:
        return [each.factor for each in tx.credentials.list(account_id)]


def test_a_voice_message_is_heard_and_another_voice_or_a_repetition_is_not(heard: Talk) -> None:
    assert "voice" in held(heard.house, heard.alice)
    words = asked(heard)
    assert heard.send(note(said("theo", words, 3))).get_json() == {"result": "refused"}
    heard.press()
    heard.house.clock.advance(timedelta(seconds=20))
    heard.look()
    words = heard.words().split()
    right = note(said("george", words, 3))
    answer = heard.send(right)
    assert (answer.status_code, answer.get_json()) == (200, {"result": "accepted"})
    heard.look()
    assert heard.arrived()

    heard.house.clock.advance(timedelta(minutes=5))
    asked(heard, "two")
    assert heard.send(right, state="two").get_json() == {"result": "refused"}


def test_a_call_is_heard_and_whoever_takes_it_over_too(heard: Talk) -> None:
    words = asked(heard)
    begun = heard.say("begin", note(np.zeros(3 * wav.RATE, np.float32)))
    assert begun["result"] == "again"
    call = begun["call"]
    assert heard.say(call, note(said("george", words, 3)))["result"] == "accepted"
    heard.look()
    assert heard.arrived()

    more = [note(said("george", list("27182818"), take)) for take in (1, 5, 9)]
    assert [heard.say(call, audio)["result"] for audio in more] == ["accepted"] * 3
    others = [note(said("theo", list("16180339"), take)) for take in (1, 5, 9)]
    results = [heard.say(call, audio).get("result") for audio in others]
    assert results[0] == "accepted"
    assert "refused" in results
    assert heard.trail("voice_notes.speaker_changed")
