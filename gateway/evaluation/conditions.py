"""Channels, rooms and noises that a recording is put through, made on the fly and seeded."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from types import MappingProxyType

import numpy as np
import soundfile
from scipy import signal

from gateway.evaluation.arrays import Floats, Waveform
from verifiers.voice.audio.wav import RATE

Condition = Callable[[Waveform, np.random.Generator], Waveform]
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


def clean(waveform: Waveform, _: np.random.Generator) -> Waveform:
    """Leave it as it is."""
    return waveform


def band(waveform: Waveform, _: np.random.Generator) -> Waveform:
    """Keep the telephone band alone, still at 16 kHz."""
    frequencies = np.fft.rfftfreq(waveform.size, 1 / RATE)
    points = (EDGES[0], *BAND, EDGES[1])
    gain = np.sin(np.interp(frequencies, points, (0, 1, 1, 0)) * np.pi / 2)
    return _real(np.fft.irfft(np.fft.rfft(waveform) * gain, waveform.size))


def g711(waveform: Waveform, _: np.random.Generator, *, law: str = "ULAW") -> Waveform:
    """Go through 8 kHz and the logarithmic 8-bit codec of ITU-T G.711, and back."""
    narrow = io.BytesIO()
    soundfile.write(narrow, resample(waveform, RATE, NARROW), NARROW, law, format="WAV")
    narrow.seek(0)
    return resample(soundfile.read(narrow, dtype="float32")[0], NARROW, RATE)


def telephone(waveform: Waveform, rng: np.random.Generator) -> Waveform:
    """Go over a telephone line: its band, and G.711 with mu-law."""
    return g711(band(waveform, rng), rng)


def noise(waveform: Waveform, rng: np.random.Generator) -> Waveform:
    """Add pink noise, 10 dB below the recording."""
    spectrum = np.fft.rfft(rng.standard_normal(waveform.size))
    spectrum /= np.sqrt(np.maximum(np.arange(spectrum.size), 1))
    return mixed(waveform, _real(np.fft.irfft(spectrum, waveform.size)))


def reverberation(waveform: Waveform, rng: np.random.Generator) -> Waveform:
    """Speak in a room: an exponentially decaying tail of noise behind the direct sound (Polack)."""
    response = room(DECAY_SECONDS, DIRECT_DB, rng)
    return unclipped(_real(signal.fftconvolve(waveform, response)[: waveform.size]))


def room(
    seconds: tuple[float, float], direct: tuple[float, float], rng: np.random.Generator
) -> Floats:
    """Return what comes of a click: itself, and a tail that loses 60 dB in so many seconds."""
    length = rng.uniform(*seconds)
    time = np.arange(int(length * RATE)) / RATE
    tail = rng.standard_normal(time.size) * 10 ** (-3 * time / length)
    tail *= 10 ** (-rng.uniform(*direct) / 20) / np.sqrt(np.sum(tail**2))
    return np.concatenate([[1.0], tail])


def babble(voices: Sequence[Waveform], waveform: Waveform, rng: np.random.Generator) -> Waveform:
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


def conditions(voices: Sequence[Waveform]) -> Mapping[str, Condition]:
    """Return all conditions, with these voices for the babble."""
    return {**CONDITIONS, "babble": partial(babble, voices)}


def chained(steps: Sequence[Condition]) -> Condition:
    """Put one condition behind the other: first a noisy room, say, and then the telephone."""
    return lambda waveform, rng: reduce(lambda heard, step: step(heard, rng), steps, waveform)


def mixed(waveform: Waveform, disturbance: Waveform, decibels: float = NOISE_DB) -> Waveform:
    """Add a disturbance whose mean power lies so many dB below that of the recording."""
    wanted = _power(waveform) * 10 ** (-decibels / 10)
    scale = np.sqrt(wanted / max(_power(disturbance), 1e-12))
    return unclipped(_real(waveform + scale * disturbance))


def unclipped(waveform: Waveform) -> Waveform:
    """Turn down what would not fit into [-1, 1], as a microphone's own control does."""
    peak = np.abs(waveform).max(initial=0)
    return waveform * (LOUDEST / peak) if peak > LOUDEST else waveform


def resample(waveform: Waveform, rate: int, wanted: int) -> Waveform:
    """Bring a waveform to another sampling rate in the frequency domain."""
    if rate == wanted or not waveform.size:
        return waveform
    return _real(signal.resample(waveform, waveform.size * wanted // rate))


def _layer(voice: Waveform, size: int, rng: np.random.Generator) -> Waveform:
    """Cut so much out of one voice, from anywhere, at unit power."""
    repeated = np.resize(np.roll(voice, rng.integers(voice.size)), size)
    return _real(repeated / np.sqrt(max(_power(repeated), 1e-12)))


def _power(waveform: Waveform) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64))) if waveform.size else 0.0


def _real(values: Floats | Waveform) -> Waveform:
    return values.astype(np.float32)
