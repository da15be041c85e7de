"""Voice conversion by simple resynthesis: a voice taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.presentation import Presentation, generator
from gateway.evaluation.conditions import resample, unclipped
from verifiers.voice.audio.wav import RATE

FRAME = 512
HOP = 128
ORDER = 18
MELS = 64
ROUNDS = 24
PITCHES = (60, 350)
"""Hz: between what lowest and highest a voice is looked for."""
VOICED = 0.35
"""Autocorrelation, as a share of the power, from which a frame counts as voiced."""


Change = Callable[[Real, np.random.Generator], Real]
"""Turns the waveform of a recording into an attack."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A species that changes recordings of people, one attack of each."""

    name: str
    about: str
    change: Change
    trained: bool = True

    def missing(self) -> str | None:
        """Nothing is needed."""
        return None

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:
        """Change each recording."""
        for each in recordings:
            rng = generator(self.name, each.name)
            changed = self.change(each.waveform, rng)
            yield Presentation(self.name, each.name, each.subject, changed)


def framed(waveform: Real) -> Real:
    """Cut into frames under a window, half a frame of silence before and behind."""
    padded = np.pad(waveform, FRAME)
    rows = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    return rows * np.hanning(FRAME).astype(np.float32)


def joined(frames: Real, size: int) -> Real:
    """Add overlapping frames up again."""
    window = np.hanning(FRAME)
    out = np.zeros(HOP * len(frames) + FRAME)
    weight = np.zeros_like(out)
    for number, frame in enumerate(frames):
        out[number * HOP :][:FRAME] += frame * window
        weight[number * HOP :][:FRAME] += window**2
    whole = (out / np.maximum(weight, 1e-3))[FRAME : FRAME + size]
    return unclipped(whole.astype(np.float32))


def vocoder(waveform: Real, rng: np.random.Generator) -> Real:
    """Drive linear prediction filters by pulses and noise instead of a larynx."""
    frames = framed(waveform)
    pulses = np.zeros(waveform.size + 2 * FRAME)
    position = 0.0
    said = []
    for number, frame in enumerate(frames):
        lag, gain, filter_ = analysed(frame)
        if lag:
            position = max(position, number * HOP)
            while position < (number + 1) * HOP:
                pulses[int(position)] = np.sqrt(lag)
                position += lag
        source = pulses[number * HOP :][:FRAME] if lag else rng.standard_normal(FRAME)
        source = np.resize(source, FRAME) + 0.05 * rng.standard_normal(FRAME)
        said.append(lfilter([gain], filter_, source * np.hanning(FRAME)))
    heard = joined(np.array(said), waveform.size)
    return unclipped(heard * np.float32(np.std(waveform) / max(float(np.std(heard)), 1e-6)))


def analysed(frame: Real) -> tuple[int, float, Real]:
    """Return a frame's pitch period in samples, 0 where unvoiced, its gain and its filter."""
    power = np.fft.irfft(np.abs(np.fft.rfft(frame, 2 * FRAME)) ** 2)[:FRAME]
    if power[0] < 1e-9:
        return 0, 0.0, np.ones(1)
    low, high = RATE // PITCHES[1], RATE // PITCHES[0]
    lag = low + int(np.argmax(power[low:high]))
    voiced = power[lag] > VOICED * power[0]
    power[0] *= 1 + 1e-4
    weights = solve_toeplitz(power[:ORDER], power[1 : ORDER + 1])
    error = max(power[0] - weights @ power[1 : ORDER + 1], 1e-12)
    return lag * bool(voiced), float(np.sqrt(error / FRAME)), np.concatenate([[1], -weights])


def griffin_lim(waveform: Real, rng: np.random.Generator) -> Real:
    """Keep 64 mel energies alone, as networks predict them, and guess the phases."""
    spectrum = np.abs(np.fft.rfft(framed(waveform)))
    bank = mels()
    smooth = np.maximum(spectrum @ bank.T @ np.linalg.pinv(bank).T, 1e-7)
    phases = np.exp(2j * np.pi * rng.random(smooth.shape))
    for _ in range(ROUNDS):
        guess = joined(np.fft.irfft(smooth * phases), waveform.size)
        rows = np.fft.rfft(framed(guess))
        phases = rows / np.maximum(np.abs(rows), 1e-9)
    return joined(np.fft.irfft(smooth * phases), waveform.size)


def mels() -> Real:
    """Return triangular filters (MELS, bins) on the mel scale."""
    edges = 700 * (10 ** (np.linspace(0, np.log10(1 + RATE / 2 / 700), MELS + 2)) - 1)
    bins = np.fft.rfftfreq(FRAME, 1 / RATE)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(np.minimum(rise, fall), 0)


def shifted(waveform: Real, rng: np.random.Generator) -> Real:
    """Move pitch and formants of another voice by a tenth to a third, at the same pace."""
    factor = float(rng.uniform(1.1, 1.3) ** rng.choice([-1, 1]))
    stretched = stretch(waveform, factor)
    return unclipped(resample(stretched, round(RATE * factor), RATE))


def stretch(waveform: Real, factor: float) -> Real:
    """Make speech longer by a factor at the same pitch (phase vocoder)."""
    spectrum = np.fft.rfft(framed(waveform))
    steps = np.arange(0, len(spectrum) - 1, 1 / factor)
    advance = 2 * np.pi * HOP * np.arange(FRAME // 2 + 1) / FRAME
    rows, share = steps.astype(int), (steps % 1)[:, None]
    size = (1 - share) * np.abs(spectrum[rows]) + share * np.abs(spectrum[rows + 1])
    turn = np.angle(spectrum[rows + 1]) - np.angle(spectrum[rows]) - advance
    turn += advance - 2 * np.pi * np.round(turn / (2 * np.pi))
    phases = np.angle(spectrum[0]) + np.cumsum(turn, axis=0) - turn[0]
    return joined(np.fft.irfft(size * np.exp(1j * phases)), int(waveform.size * factor))


LPC = Changed(
    "conversion-lpc", "the target's recording through a linear prediction vocoder", vocoder
)
MEL = Changed(
    "conversion-mel", "the target's recording through 64 mels and Griffin-Lim", griffin_lim
)
SHIFT = Changed("conversion-shift", "an attacker's voice, pitch and formants moved", shifted)
