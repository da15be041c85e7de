"""The same signal is known again however its file looks; another utterance is another signal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import hilbert, resample_poly

from gateway.evaluation.conditions import telephone
from tests.recordings import pasted
from tests.timing import quickest
from verifiers.voice.arrays import Floats
from verifiers.voice.audio.speech import Speech
from verifiers.voice.challenge.fingerprint import fingerprint
from verifiers.voice.challenge.replays import Print, Sought
from verifiers.voice.challenge.seen import alike, among
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


def beeped(waveform: Floats) -> Floats:
    """Put a loud beep of a quarter of a second over soft speech."""
    softer = waveform * np.float32(0.05)
    beep = np.sin(2 * np.pi * 900 * np.arange(4_000) / 16_000) * np.hanning(4_000)
    softer[24_000:28_000] += 0.9 * beep.astype(np.float32)
    return softer


def shifted(waveform: Floats, hertz: float) -> Floats:
    """Move all frequencies."""
    turning = np.exp(2j * np.pi * hertz * np.arange(waveform.size) / 16_000)
    moved: Floats = np.real(hilbert(waveform) * turning).astype(np.float32)
    return moved


CHANGES: dict[str, Change] = {
    "as it is": lambda waveform: waveform,
    "quieter": lambda waveform: waveform * np.float32(0.2),
    "later": lambda waveform: np.pad(waveform, (9_137, 4_000)),
    "a few samples later": lambda waveform: np.pad(waveform, (501, 0)),
    "over a telephone": lambda waveform: telephone(waveform, RNG),
    "resampled": lambda waveform: resample_poly(resample_poly(waveform, 441, 160), 160, 441),
    "behind three seconds of other speech": lambda waveform: np.concatenate(
        [0.3 * said("97153", 4)[:48_000], waveform]
    ),
    "the second half alone": lambda waveform: waveform[waveform.size // 2 :],
    "under a loud beep": beeped,
    "30 Hz higher": lambda waveform: shifted(waveform, 30),
    "30 Hz lower": lambda waveform: shifted(waveform, -30),
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
    least = min(apart(a, b) for n, a in enumerate(prints) for b in prints[:n])
    assert least > VoiceSettings.load().replay_distance


def test_of_silence_there_is_no_replay() -> None:
    silent = fingerprint(np.zeros(32_000, np.float32))
    assert not alike(b"", b"", VoiceSettings.load())
    assert apart(silent, b"") == apart(b"", silent) == 1.0


def apart(one: bytes, other: bytes) -> float:
    return Sought(one).distance(Print(other))


def test_little_that_fits_somewhere_is_no_replay() -> None:
    """A second in common of twenty would be found by chance."""
    common = RNG.bytes(2 * 16)
    one, other = (RNG.bytes(2 * 60) for _ in range(2))
    assert apart(one + common, common + other) > 0.3
    assert apart(one + 5 * common, 5 * common + other) == 0.0


def test_all_that_is_kept_is_looked_through_in_no_time() -> None:
    """As many as are kept, each as long as a recording may be; the aim is 50 ms of one core."""
    kept = [RNG.bytes(2 * 234) for _ in range(VoiceSettings.load().replay_recordings)]
    settings = VoiceSettings.load()
    found, seconds = quickest(lambda: among(RNG.bytes(2 * 234), kept, settings))
    assert not found
    assert seconds < 0.2
