"""What attacks do to speech, as numbers: short-time spectra, how they move, noise and larynx.

Everything is measured at 16 kHz from the first to the last speech, after a level of its own.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verifiers.voice.audio.speech import Floats
from verifiers.voice.audio.wav import RATE

FRAME = 512
HOP = 160
FLOOR = 1e-9
LOUD_DB = 30.0
"""How far below the loudest frames speech still counts."""
COEFFICIENTS = 20
WIDE = (0.0, 8_000.0)
NARROW = (300.0, 3_400.0)
BANDS = 8
LAGS = (RATE // 350, RATE // 70)
"""Samples: the periods between which a larynx is looked for."""
LEAST = RATE // 2
"""Samples to which less speech is filled up with silence."""
FEWEST = 8
"""Loud frames; where there are fewer, all frames count."""
SECONDS = 6
"""No more speech than this is looked at, so that the time it takes is bounded."""


class Frames(NamedTuple):
    """Power and log power (frames, bins) of a recording, and which frames are loud."""

    power: Floats
    log: Floats
    loud: NDArray[np.bool_]


def features(waveform: Floats) -> Floats:
    """Return the features (SIZE,) of a waveform (samples,) in [-1, 1]."""
    cut = levelled(np.pad(waveform[: SECONDS * RATE], (0, max(0, LEAST - waveform.size))))
    rows = np.lib.stride_tricks.sliding_window_view(np.pad(cut, FRAME // 2), FRAME)[::HOP]
    frames = short_time(rows)
    parts = (
        cepstra(frames, WIDE),
        cepstra(frames, NARROW),
        flatness(frames),
        floor(frames),
        modulation(frames),
        decay(frames),
        larynx(frames.power[frames.loud][::2]),
        shape(cut, rows[frames.loud]),
    )
    found: Floats = np.nan_to_num(np.concatenate(parts)).astype(np.float32)
    return found


def levelled(waveform: Floats) -> Floats:
    """Bring a waveform to one level, without its mean."""
    centred = waveform - waveform.mean()
    level: Floats = centred / np.float32(np.sqrt(np.mean(centred**2)) + 1e-6)
    return level


def short_time(rows: Floats) -> Frames:
    """Return the short-time spectrum of frames (frames, FRAME)."""
    spectrum = np.fft.rfft(rows * window())
    power = (spectrum.real**2 + spectrum.imag**2 + FLOOR).astype(np.float32)
    level = 10 * np.log10(np.mean(rows**2, axis=1) + 1e-12)
    loud = level > np.percentile(level, 95) - LOUD_DB
    inner = loud[2:-2]
    return Frames(power, np.log(power), loud if inner.sum() >= FEWEST else np.full_like(loud, True))


def banded(rows: Floats) -> Floats:
    """Return means over bands of 1 kHz (frames, BANDS)."""
    means: Floats = rows[:, 1:].reshape(-1, BANDS, FRAME // 2 // BANDS).mean(2)
    return means


def cepstra(frames: Frames, band: tuple[float, float]) -> Floats:
    """Return means and spreads of linear-frequency cepstra and of their first two derivatives."""
    energies = np.log(frames.power @ filters(*band).T + FLOOR)
    rows = energies @ cosines().T
    first = rows[2:] - rows[:-2]
    second = first[2:] - first[:-2]
    loud = frames.loud
    kept = rows[loud]
    moving = (kept, first[loud[1:-1]], second[loud[2:-2]])
    return np.concatenate([kept.mean(0), *(np.log(part.std(0) + 1e-3) for part in moving)])


def flatness(frames: Frames) -> Floats:
    """Return how noise-like each of the bands is, mean and spread over the speech."""
    flat = banded(frames.log[frames.loud]) - np.log(banded(frames.power[frames.loud]))
    return np.concatenate([flat.mean(0), flat.std(0)])


def floor(frames: Frames) -> Floats:
    """Return how far below the speech each band's quietest moments are."""
    bands = banded(frames.log)
    low, middle, high = np.percentile(bands, [5, 50, 95], axis=0)
    return np.concatenate([high - low, middle - low])


def modulation(frames: Frames) -> Floats:
    """Return how fast the bands' energies move: shares of 2 to 4, to 8, to 16 and to 50 Hz."""
    bands = banded(frames.log)
    power = np.abs(np.fft.rfft(bands - bands.mean(0), axis=0)) ** 2
    rate = np.fft.rfftfreq(len(bands), HOP / RATE)
    whole = power[(rate >= 1)].sum(0) + FLOOR
    edges = ((2, 4), (4, 8), (8, 16), (16, 50))
    return np.concatenate(
        [np.log(power[(rate >= a) & (rate < b)].sum(0) / whole + 1e-4) for a, b in edges]
    )


def decay(frames: Frames) -> Floats:
    """Return how fast sounds end and begin, in two bands: dead, as spoken, or in a room."""
    bins = FRAME * np.array([[300, 1_500], [1_500, 3_400]]) // RATE
    energy = np.stack([frames.log[:, a:b].mean(1) for a, b in bins], axis=1)
    moves = energy[3:] - energy[:-3]
    spread: Floats = np.percentile(moves, [2, 10, 25, 75, 90, 98], axis=0).reshape(-1)
    return spread


def larynx(power: Floats) -> Floats:
    """Return how regular the voice is: periodicity, and how pitch moves from frame to frame."""
    likeness = np.fft.irfft(power)[:, : LAGS[1] + 1]
    ratio = likeness[:, LAGS[0] :] / (likeness[:, :1] + FLOOR)
    best = ratio.max(1)
    pitch = np.log(LAGS[0] + ratio.argmax(1))
    moves = np.abs(np.diff(pitch))[(best[1:] > 0.4) & (best[:-1] > 0.4)]
    moves = moves if moves.size else np.ones(1)
    return np.concatenate(
        [
            np.percentile(best, [10, 25, 50, 75, 90]),
            np.log(np.percentile(moves, [25, 50, 75, 90]) + 1e-3),
            [moves[moves < 0.1].mean() if (moves < 0.1).any() else 0, (best > 0.4).mean()],
        ]
    )


def shape(waveform: Floats, rows: Floats) -> Floats:
    """Return how peaks and steps are spread: crest, kurtosis, skew and jumps of the waveform."""
    moments = rows / (np.sqrt(np.mean(rows**2, axis=1, keepdims=True)) + 1e-9)
    kurtosis, skew = np.mean(moments**4, axis=1), np.mean(moments**3, axis=1)
    steps = np.abs(np.diff(waveform, 2))
    return np.array(
        [
            np.log(kurtosis + FLOOR).mean(), np.log(kurtosis + FLOOR).std(), np.abs(skew).mean(),
            np.log(np.percentile(steps, 99.9) / (np.mean(steps) + 1e-9) + 1e-3),
            np.log(np.mean(steps) + 1e-6), np.log(np.abs(moments).max(1) + FLOOR).mean(),
        ]
    )  # fmt: skip


@cache
def window() -> Floats:
    """Return the window of a frame."""
    return np.hanning(FRAME).astype(np.float32)


@cache
def filters(low: float, high: float) -> Floats:
    """Return triangular filters (filters, bins), linear between two frequencies."""
    edges = np.linspace(low, high, 2 * COEFFICIENTS + 2)
    bins = np.fft.rfftfreq(FRAME, 1 / RATE)
    width = edges[1] - edges[0]
    found: Floats = np.maximum(1 - np.abs(bins - edges[1:-1, None]) / width, 0).astype(np.float32)
    return found


@cache
def cosines() -> Floats:
    """Return the cosine transform (COEFFICIENTS, filters)."""
    count = 2 * COEFFICIENTS
    angles = np.pi / count * np.outer(np.arange(1, COEFFICIENTS + 1), np.arange(count) + 0.5)
    found: Floats = (np.sqrt(2 / count) * np.cos(angles)).astype(np.float32)
    return found
