"""Channels, rooms and noises that a recording is put through, made on the fly and seeded."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from types import MappingProxyType

import numpy as np
import soundfile
from numpy.typing import NDArray

from verifiers.voice.audio.wav import RATE

Floats = NDArray[np.float32]
Condition = Callable[[Floats, np.random.Generator], Floats]
"""Turns a waveform (samples,) in [-1, 1] at 16 kHz, not empty, into what would have been heard."""

NARROW = 8_000
BAND = (300.0, 3_400.0)
EDGES = (200.0, 3_700.0)
"""Hz: what a telephone carries, and where nothing is left of the rest (ITU-T G.712)."""
NOISE_DB = 10.0
VOICES = 5
DECAY_SECONDS = (0.3, 0.8)
"""How long a room takes to lose 60 dB: a small office to a bare hall."""
DIRECT_DB = (0.0, 6.0)
"""How much stronger the direct sound is than all that comes back from the walls."""
LOUDEST = np.float32(0.99)


def clean(waveform: Floats, _: np.random.Generator) -> Floats:
    """Leave it as it is."""
    return waveform


def band(waveform: Floats, _: np.random.Generator) -> Floats:
    """Keep the telephone band alone, still at 16 kHz."""
    frequencies = np.fft.rfftfreq(waveform.size, 1 / RATE)
    points = (EDGES[0], *BAND, EDGES[1])
    gain = np.sin(np.interp(frequencies, points, (0, 1, 1, 0)) * np.pi / 2)
    return _real(np.fft.irfft(np.fft.rfft(waveform) * gain, waveform.size))


def g711(waveform: Floats, _: np.random.Generator, *, law: str = "ULAW") -> Floats:
    """Go through 8 kHz and the logarithmic 8-bit codec of ITU-T G.711, and back."""
    narrow = io.BytesIO()
    soundfile.write(narrow, resample(waveform, RATE, NARROW), NARROW, law, format="WAV")
    narrow.seek(0)
    return resample(soundfile.read(narrow, dtype="float32")[0], NARROW, RATE)


def telephone(waveform: Floats, rng: np.random.Generator) -> Floats:
    """Go over a telephone line: its band, and G.711 with mu-law."""
    return g711(band(waveform, rng), rng)


def noise(waveform: Floats, rng: np.random.Generator) -> Floats:
    """Add pink noise, 10 dB below the recording."""
    spectrum = np.fft.rfft(rng.standard_normal(waveform.size))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 1))
    return mixed(waveform, _real(np.fft.irfft(spectrum, waveform.size)))


def reverberation(waveform: Floats, rng: np.random.Generator) -> Floats:
    """Speak in a room: an exponentially decaying tail of noise behind the direct sound (Polack)."""
    seconds = rng.uniform(*DECAY_SECONDS)
    time = np.arange(int(seconds * RATE)) / RATE
    tail = rng.standard_normal(time.size) * 10 ** (-3 * time / seconds)
    tail *= 10 ** (-rng.uniform(*DIRECT_DB) / 20) / np.sqrt(np.sum(tail**2))
    response = np.concatenate([[1.0], tail])
    return unclipped(_real(convolved(waveform, response)[: waveform.size]))


def babble(voices: Sequence[Floats], waveform: Floats, rng: np.random.Generator) -> Floats:
    """Add five of these other voices talking at a time, together 10 dB below the recording."""
    chosen = rng.permutation(len(voices))[:VOICES]
    layers = [_layer(voices[each], waveform.size, rng) for each in chosen if voices[each].size]
    return mixed(waveform, np.sum(layers, axis=0)) if layers else waveform


CONDITIONS: Mapping[str, Condition] = MappingProxyType(
    {
        "clean": clean,
        "band": band,
        "telephone": telephone,
        "alaw": lambda waveform, rng: g711(band(waveform, rng), rng, law="ALAW"),
        "noise": noise,
        "reverberation": reverberation,
    }
)
"""The conditions that need nothing but the recording; `babble` needs other people's voices."""


def conditions(voices: Sequence[Floats]) -> Mapping[str, Condition]:
    """Return all conditions, with these voices for the babble."""
    return {**CONDITIONS, "babble": partial(babble, voices)}


def chained(steps: Sequence[Condition]) -> Condition:
    """Put one condition behind the other: first a noisy room, say, and then the telephone."""
    return lambda waveform, rng: reduce(lambda heard, step: step(heard, rng), steps, waveform)


def mixed(waveform: Floats, disturbance: Floats, decibels: float = NOISE_DB) -> Floats:
    """Add a disturbance whose mean power lies so many dB below that of the recording."""
    wanted = _power(waveform) * 10 ** (-decibels / 10)
    scale = np.sqrt(wanted / max(_power(disturbance), 1e-12))
    return unclipped(_real(waveform + scale * disturbance))


def unclipped(waveform: Floats) -> Floats:
    """Turn down what would not fit into [-1, 1], as a microphone's own control does."""
    peak = np.abs(waveform).max(initial=0)
    return waveform * (LOUDEST / peak) if peak > LOUDEST else waveform


def resample(waveform: Floats, rate: int, wanted: int) -> Floats:
    """Bring a waveform to another sampling rate by cutting or padding its spectrum."""
    if rate == wanted or not waveform.size:
        return waveform
    size = waveform.size * wanted // rate
    spectrum = np.fft.rfft(waveform)[: size // 2 + 1]
    return _real(np.fft.irfft(spectrum, size) * (size / waveform.size))


def convolved(waveform: Floats, response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convolve by the product of the spectra."""
    size = waveform.size + response.size - 1
    length = 1 << (size - 1).bit_length()
    product = np.fft.rfft(waveform, length) * np.fft.rfft(response, length)
    return np.fft.irfft(product, length)[:size]


def _layer(voice: Floats, size: int, rng: np.random.Generator) -> Floats:
    """Cut so much out of one voice, from anywhere, at unit power."""
    repeated = np.resize(np.roll(voice, rng.integers(voice.size)), size)
    return _real(repeated / np.sqrt(max(_power(repeated), 1e-12)))


def _power(waveform: Floats) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64))) if waveform.size else 0.0


def _real(values: NDArray[np.float64] | Floats) -> Floats:
    return values.astype(np.float32)
