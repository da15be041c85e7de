"""Recordings of real people, and the models that hear them: neither is part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from verifiers.voice.models import MODELS

Waveform = np.typing.NDArray[np.float64]
FOLDER = Path(os.environ.get("GATEHOUSE_RECORDINGS") or Path(__file__).parents[2] / "shared/data")


def models() -> None:
    """Go on where every model is there, or skip the test with the reason."""
    if absent := [model.name for model in MODELS if not model.present()]:
        pytest.skip(f"{', '.join(absent)} missing: run gatehouse models pull")


def part(name: str) -> Path:
    """Return a file or folder of the recordings, or skip the test with the reason."""
    if not (FOLDER / name).exists():
        pytest.skip(f"no recordings of real people in {FOLDER} (GATEHOUSE_RECORDINGS)")
    return FOLDER / name


def recording(speaker: str, number: int) -> Path:
    """Return the n-th recording of a speaker, or skip the test with the reason."""
    return sorted(part(f"voice/{speaker}").glob("*.flac"))[number]


def pasted(speaker: str, digits: str, take: int, rate: int, lead: float = 1.1) -> Waveform:
    """Return digits as a speaker says them who reads them one after the other, in [-1, 1].

    Each begins 0.9 s after the one before, as the page shows them; `take` is the first take used.
    """
    folder = part(f"digits/{speaker}")
    waveform = np.random.default_rng(take).standard_normal(int((lead + 0.9 * len(digits)) * rate))
    waveform *= 1e-4
    for number, digit in enumerate(digits):
        said, own = soundfile.read(folder / f"{digit}_{speaker}_{(take + number) % 15}.wav")
        times = np.arange(len(said) * rate // own) * own / rate
        loud = np.interp(times, np.arange(len(said)), said) * 0.4 / np.abs(said).max()
        at = int((lead + 0.9 * number) * rate)
        waveform[at : at + len(loud)] += loud[: len(waveform) - at]
    return waveform
