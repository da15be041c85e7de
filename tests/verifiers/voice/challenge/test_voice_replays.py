"""The same signal is known again however its file looks; another utterance is another signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import resample_poly

from gateway.evaluation.conditions import telephone
from tests.recordings import pasted
from verifiers.voice.audio.speech import Floats, Speech
from verifiers.voice.challenge.fingerprint import fingerprint
from verifiers.voice.challenge.replays import distance
from verifiers.voice.challenge.seen import alike
from verifiers.voice.settings import VoiceSettings

pytestmark = [pytest.mark.recordings, pytest.mark.usefixtures("models")]
Change = Callable[[Floats], Floats]
RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def hear() -> Change:
    """Cut a recording to its speech, as the pool does before the fingerprint is taken."""
    speech = Speech()
    return lambda waveform: speech.hear(waveform.astype(np.float32)).waveform


def said(digits: str, take: int) -> Floats:
    return pasted("george", digits, take, 16_000).astype(np.float32)


CHANGES: dict[str, Change] = {
    "as it is": lambda waveform: waveform,
    "quieter": lambda waveform: waveform * np.float32(0.2),
    "later": lambda waveform: np.pad(waveform, (9_137, 4_000)),
    "a few samples later": lambda waveform: np.pad(waveform, (501, 0)),
    "over a telephone": lambda waveform: telephone(waveform, RNG),
    "resampled": lambda waveform: resample_poly(resample_poly(waveform, 441, 160), 160, 441),
    "with some noise": lambda waveform: (
        waveform + np.float32(0.005) * RNG.standard_normal(waveform.size, np.float32)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_replay_is_known_again(hear: Change, change: str) -> None:
    first = said("428170", 0)
    again = fingerprint(hear(CHANGES[change](first)))
    assert alike(fingerprint(hear(first)), again, VoiceSettings.load())


def test_the_same_digits_said_again_are_another_signal(hear: Change) -> None:
    prints = [fingerprint(hear(said("428170", take))) for take in range(0, 15, 3)]
    least = min(distance(a, b) for n, a in enumerate(prints) for b in prints[:n])
    assert least > VoiceSettings.load().replay_distance


def test_of_silence_there_is_no_replay() -> None:
    silent = fingerprint(np.zeros(32_000, np.float32))
    assert not alike(b"", b"", VoiceSettings.load())
    assert distance(silent, b"") == 1.0
