"""What attacks do to speech, as numbers: short-time spectra, how they move, noise and larynx.

Everything is measured at 16 kHz from the first to the last speech, after a level of its own.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from verifiers.voice.arrays import Floats
from verifiers.voice.audio.spectrum import power
from verifiers.voice.audio.wav import RATE

FRAME = 512
HOP = 160
BLOCK = 32
"""Samples of which a frame and a hop are whole numbers."""
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
    """Power and log power (frames, bins) of a recording, and which frames are loud.

    `bands` are means of the log power over bands of 1 kHz, `spread` how the samples are spread.
    """

    power: Floats
    log: Floats
    bands: Floats
    spread: Spread
    loud: NDArray[np.bool_]


class Spread(NamedTuple):
    """Means (frames,) of the second to fourth powers of the samples, and the farthest sample."""

    square: Floats
    cube: Floats
    fourth: Floats
    peak: Floats


def features(waveform: Floats) -> Floats:
    """Return the features (SIZE,) of a waveform (samples,) in [-1, 1]."""
    cut = levelled(np.pad(waveform[: SECONDS * RATE], (0, max(0, LEAST - waveform.size))))
    frames = short_time(np.pad(cut, FRAME // 2))
    parts = (
        cepstra(frames, WIDE),
        cepstra(frames, NARROW),
        flatness(frames),
        floor(frames),
        modulation(frames),
        decay(frames),
        larynx(frames.power[frames.loud][::2]),
        shape(cut, frames),
    )
    found: Floats = np.nan_to_num(np.concatenate(parts)).astype(np.float32)
    return found


def levelled(waveform: Floats) -> Floats:
    """Bring a waveform to one level, without its mean."""
    centred = waveform - waveform.mean()
    level: Floats = centred / np.float32(np.sqrt(np.mean(centred**2)) + 1e-6)
    return level


def short_time(padded: Floats) -> Frames:
    """Return the short-time spectrum of a waveform (samples,)."""
    found = power(padded, window(), HOP) + np.float32(FLOOR)
    log = np.log(found)
    spread = moments(padded)
    level = 10 * np.log10(spread.square + 1e-12)
    loud = level > np.percentile(level, 95) - LOUD_DB
    enough = loud[2:-2].sum() >= FEWEST
    return Frames(found, log, banded(log), spread, loud if enough else np.full_like(loud, True))


def moments(padded: Floats) -> Spread:
    """Return how the samples of each frame are spread, by blocks which frames have in common."""
    count = (padded.size - FRAME) // HOP + 1
    blocks = padded[: (count - 1) * HOP + FRAME].reshape(-1, BLOCK)
    squares = blocks * blocks
    square, cube, fourth = (
        framed(part.sum(1)).mean(1) / BLOCK
        for part in (squares, squares * blocks, squares * squares)
    )
    return Spread(square, cube, fourth, framed(np.abs(blocks).max(1)).max(1))


def framed(blocks: Floats) -> Floats:
    """Return the blocks of each frame (frames, FRAME // BLOCK)."""
    view = np.lib.stride_tricks.sliding_window_view(blocks, FRAME // BLOCK)
    return view[:: HOP // BLOCK]


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
    flat = frames.bands[frames.loud] - np.log(banded(frames.power[frames.loud]))
    return np.concatenate([flat.mean(0), flat.std(0)])


def floor(frames: Frames) -> Floats:
    """Return how far below the speech each band's quietest moments are."""
    low, middle, high = np.percentile(frames.bands, [5, 50, 95], axis=0)
    return np.concatenate([high - low, middle - low])


def modulation(frames: Frames) -> Floats:
    """Return how fast the bands' energies move: shares of 2 to 4, to 8, to 16 and to 50 Hz."""
    bands = frames.bands
    energy = np.abs(np.fft.rfft(bands - bands.mean(0), axis=0)) ** 2
    rate = np.fft.rfftfreq(len(bands), HOP / RATE)
    whole = energy[(rate >= 1)].sum(0) + FLOOR
    edges = ((2, 4), (4, 8), (8, 16), (16, 50))
    return np.concatenate(
        [np.log(energy[(rate >= a) & (rate < b)].sum(0) / whole + 1e-4) for a, b in edges]
    )


def decay(frames: Frames) -> Floats:
    """Return how fast sounds end and begin, in two bands: dead, as spoken, or in a room."""
    bins = FRAME * np.array([[300, 1_500], [1_500, 3_400]]) // RATE
    energy = np.stack([frames.log[:, a:b].mean(1) for a, b in bins], axis=1)
    moves = energy[3:] - energy[:-3]
    spread: Floats = np.percentile(moves, [2, 10, 25, 75, 90, 98], axis=0).reshape(-1)
    return spread


def larynx(energy: Floats) -> Floats:
    """Return how regular the voice is: periodicity, and how pitch moves from frame to frame."""
    likeness = np.fft.irfft(energy)[:, : LAGS[1] + 1]
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


def shape(waveform: Floats, frames: Frames) -> Floats:
    """Return how peaks and steps are spread: crest, kurtosis, skew and jumps of the waveform."""
    square, cube, fourth, peak = (part[frames.loud] for part in frames.spread)
    level = np.sqrt(square) + 1e-9
    kurtosis, skew = np.log(fourth / level**4 + FLOOR), np.abs(cube / level**3)
    steps = np.abs(np.diff(waveform, 2))
    return np.array(
        [
            kurtosis.mean(), kurtosis.std(), skew.mean(),
            np.log(np.percentile(steps, 99.9) / (np.mean(steps) + 1e-9) + 1e-3),
            np.log(np.mean(steps) + 1e-6), np.log(peak / level + FLOOR).mean(),
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
