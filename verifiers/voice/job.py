"""The pool's job: from a recording to an utterance, in one pass."""

from __future__ import annotations

import numpy as np

from contracts.inference import Job
from verifiers.voice import engines
from verifiers.voice.audio import quality, wav
from verifiers.voice.audio.speech import Floats, Speech
from verifiers.voice.engines import Engine
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance


class Listen:
    """Finds the speech, measures how good it is, encodes it."""

    def __init__(self, speech: Speech, engine: Engine, settings: VoiceSettings) -> None:
        self._speech = speech
        self._engine = engine
        self._settings = settings

    def __call__(self, payload: bytes) -> bytes:
        """Listen to one WAV recording. Raises BadRequest or Retry."""
        return self.utterance(waveform(wav.pcm(payload))).dump()

    def utterance(self, waveform: Floats) -> Utterance:
        """Listen to a waveform (samples,) in [-1, 1] at 16 kHz. Raises Retry where it is poor."""
        heard = self._speech.hear(waveform)
        measured = quality.measure(heard)
        quality.check(measured, self._settings)
        embedding = self._engine.embed(heard.waveform).astype("<f4").tobytes()
        return Utterance(embedding, self._engine.format, quality=measured)


def load() -> Job:
    """Load the networks and the settings. Raises Misconfigured."""
    settings = VoiceSettings.load()
    return Listen(Speech(), engines.load(settings.engine), settings)


def waveform(samples: memoryview) -> Floats:
    """Turn 16-bit samples into a waveform in [-1, 1]."""
    return np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)
