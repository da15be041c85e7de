"""Whether an exported engine computes what it was exported from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from verifiers.voice.audio.wav import RATE
from verifiers.voice.networks import session

PITCHES = (100.0, 150.0, 210.0, 330.0)
SECONDS = 2.5
SEED = 11


def prepare(folder: Path) -> None:
    """Write waveforms that are a little like voices, each of another pitch, as `probes.npy`."""
    time = np.arange(int(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(SEED).standard_normal((len(PITCHES), time.size))
    np.save(folder / "probes.npy", np.stack([_voice(f, time) for f in PITCHES]) + _float(noise))


def difference(folder: Path) -> tuple[float, int]:
    """Return how far `model.onnx` is from `expected.npy`, of the largest number, and its size."""
    network = session((folder / "model.onnx").read_bytes())
    expected = np.load(folder / "expected.npy")
    probes = np.load(folder / "probes.npy")
    embeddings = [network.run(None, {"waveform": probe[None]})[0][0] for probe in probes]
    apart = np.abs(np.stack(embeddings) - expected).max()
    return float(apart / np.abs(expected).max()), int(expected.shape[1])


def _voice(pitch: float, time: NDArray[np.float64]) -> NDArray[np.float32]:
    glide = 2 * np.pi * pitch * (time + 0.02 * np.sin(5 * time))
    harmonics = sum(np.sin(number * glide) / number for number in range(1, 20))
    loudness = 0.1 * (1 + np.sin(2 * np.pi * 3 * time))
    return (harmonics * loudness).astype(np.float32)


def _float(noise: NDArray[np.float64]) -> NDArray[np.float32]:
    return (0.002 * noise).astype(np.float32)
