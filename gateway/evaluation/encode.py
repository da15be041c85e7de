"""Encode the recordings of a manifest with the engine that the inference pool runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from contracts.errors import BadRequest, Retry
from contracts.text import Text
from gateway.evaluation.manifest import Utterance
from verifiers.voice.audio.speech import Speech
from verifiers.voice.audio.wav import MAX_SECONDS, RATE
from verifiers.voice.engines.campplus import Campplus
from verifiers.voice.job import Listen
from verifiers.voice.settings import VoiceSettings

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, how much there is."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The embeddings of the recordings that could be encoded, and why the others could not."""

    utterances: list[Utterance]
    embeddings: list[NDArray[np.float64]]
    failures: dict[str, str]


def encode(utterances: Sequence[Utterance], progress: Progress) -> Encoded:
    """Encode one recording after the other. Raises Misconfigured where a model is missing."""
    job = Listen(Speech(), Campplus(), VoiceSettings.load())
    result = Encoded([], [], {})
    for number, utterance in enumerate(utterances, start=1):
        try:
            result.embeddings.append(_embedding(job, utterance.path))
            result.utterances.append(utterance)
        except (Retry, BadRequest) as error:
            result.failures[utterance.name] = str(error.public)
        progress("Encoding", number, len(utterances))
    return result


def _embedding(job: Listen, path: Path) -> NDArray[np.float64]:
    """Return the embedding of one file, of unit length."""
    utterance = job.utterance(load(path))
    values = np.frombuffer(utterance.embedding, "<f4").astype(np.float64)
    unit: NDArray[np.float64] = values / np.linalg.norm(values)
    return unit


def load(path: Path) -> NDArray[np.float32]:
    """Read the first 15 s of a file as mono at 16 kHz. Raises BadRequest where it is no audio."""
    try:
        with soundfile.SoundFile(path) as file:
            data = file.read(MAX_SECONDS * file.samplerate, dtype="float32", always_2d=True)
            return resample(data.mean(axis=1), file.samplerate)
    except (OSError, soundfile.LibsndfileError) as error:
        raise BadRequest(Text("The file cannot be read as audio."), detail=str(error)) from error


def resample(waveform: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Bring a waveform to 16 kHz by cutting or padding its spectrum."""
    if rate == RATE or not waveform.size:
        return waveform
    size = waveform.size * RATE // rate
    spectrum = np.fft.rfft(waveform)[: size // 2 + 1]
    return (np.fft.irfft(spectrum, size) * (size / waveform.size)).astype(np.float32)
