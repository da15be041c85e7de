"""How good a recording is, and in the person's words what would make it better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from contracts.errors import Retry
from contracts.text import Text
from verifiers.voice.arrays import Floats
from verifiers.voice.audio.spectrum import power
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.audio.wav import RATE
from verifiers.voice.channels import TELEPHONE, WIDE, Channel
from verifiers.voice.settings import VoiceSettings

SILENT = Text("No speech was heard. Please move closer and speak the whole phrase.")
TOO_SHORT = Text("That was too short. Please speak the whole phrase.")
TOO_QUIET = Text("That was too quiet. Please move closer to the microphone.")
TOO_LOUD = Text("That was too loud. Please move away from the microphone.")
TOO_NOISY = Text("It is too loud around you. Please find a quiet place, or move closer.")
MUFFLED = Text("That sounded muffled. Please uncover the microphone, or use another one.")
TWO_VOICES = Text("A second voice can be heard. Please find a quiet place and speak alone.")

FULL_SCALE = 0.999
"""Share of the highest sample from which another counts as cut off."""
FAINT = 1e-10
"""Power below which nothing is told apart: a 16-bit sample has a hundred times more."""
BAND_HZ = 250
BANDS = RATE // 2 // BAND_HZ
RANGE_DB = 50
"""How far below the strongest band another may lie and still count as being there."""
WINDOW = np.hanning(FRAME).astype(np.float32)


def measure(heard: Heard) -> dict[str, float]:
    """Measure the speech of a recording; of silence there is nothing more to be said."""
    if not heard.milliseconds:
        return {"speech_ms": 0}
    return {
        "speech_ms": heard.milliseconds,
        "onset_ms": heard.onset,
        "level_dbfs": heard.level,
        "clipped": clipped(heard.loud),
        "snr_db": heard.level - 10 * float(np.log10(max(heard.background, FAINT))),
        "bandwidth_hz": bandwidth(heard.loud),
    }


def clipped(speech: Floats) -> float:
    """Return the share of samples at the highest level there is, two or more in a row.

    What was cut off before it was turned down is found as well.
    """
    size = np.abs(speech)
    cut = size >= FULL_SCALE * size.max()
    return float(np.mean(cut[1:] & cut[:-1])) if cut.size > 1 else 0.0


def bandwidth(speech: Floats) -> float:
    """Return up to which frequency there is speech, in Hz: some 4,000 on a telephone."""
    bands = power(speech, WINDOW, FRAME)[:, 1:].mean(axis=0).reshape(BANDS, -1).mean(axis=1)
    heard = np.flatnonzero(bands > bands.max() * 10 ** (-RANGE_DB / 10))
    return float(BAND_HZ * (heard[-1] + 1)) if heard.size else 0.0


def channel(measured: Mapping[str, float], settings: VoiceSettings) -> Channel:
    """Return what a recording came over."""
    return WIDE if measured["bandwidth_hz"] >= settings.wide_bandwidth_hz else TELEPHONE


def check(measured: Mapping[str, float], settings: VoiceSettings) -> None:
    """Raise Retry, with words that say what to change, where a recording is not good enough."""
    if not measured["speech_ms"]:
        raise Retry(SILENT, reason="no_speech")
    for reason, words, passed in _limits(measured, settings):
        if not passed:
            raise Retry(words, reason=reason, detail=f"{reason}: {_told(measured)}")


def _limits(
    measured: Mapping[str, float], settings: VoiceSettings
) -> Iterator[tuple[str, Text, bool]]:
    """Return what is checked, in the order in which a person had better change it."""
    yield "too_loud", TOO_LOUD, measured["clipped"] <= settings.max_clipped
    yield "too_quiet", TOO_QUIET, measured["level_dbfs"] >= settings.min_level_dbfs
    yield "too_short", TOO_SHORT, measured["speech_ms"] >= settings.min_speech_ms
    yield "too_noisy", TOO_NOISY, measured["snr_db"] >= settings.min_snr_db
    yield "muffled", MUFFLED, measured["bandwidth_hz"] >= settings.min_bandwidth_hz


def _told(measured: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in measured.items())
