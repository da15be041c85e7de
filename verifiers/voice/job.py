"""The job of the inference pool: one recording in, one voiceprint out."""

from __future__ import annotations

import numpy as np

from contracts.errors import Retry
from contracts.inference import Job
from contracts.text import Text
from verifiers.voice import wav
from verifiers.voice.encoding import Voiceprint
from verifiers.voice.engine import Engine, Floats, Heard
from verifiers.voice.settings import VoiceSettings

SILENT = Text("No speech was heard. Please move closer and speak the whole phrase.")
TOO_SHORT = Text("That was too short. Please speak the whole phrase.")
TOO_QUIET = Text("That was too quiet. Please move closer to the microphone.")
TOO_LOUD = Text("That was too loud. Please move away from the microphone.")


class Encode:
    """Checks, listens and encodes. Raises BadRequest or Retry."""

    def __init__(self, engine: Engine, settings: VoiceSettings) -> None:
        self._engine = engine
        self._settings = settings

    def __call__(self, payload: bytes) -> bytes:
        """Encode one WAV recording."""
        return self.voiceprint(waveform(wav.pcm(payload))).dump()

    def voiceprint(self, waveform: Floats) -> Voiceprint:
        """Encode one waveform (samples,) in [-1, 1] at 16 kHz. Raises Retry where it is poor."""
        heard = self._engine.hear(waveform)
        check(heard, self._settings)
        embedding = self._engine.embed(heard.waveform).astype("<f4").tobytes()
        return Voiceprint(embedding, heard.milliseconds, heard.level, heard.clipped)


def load() -> Job:
    """Load the engine and its settings. Raises Misconfigured."""
    return Encode(Engine(), VoiceSettings.load())


def waveform(samples: memoryview) -> Floats:
    """Turn 16-bit samples into a waveform in [-1, 1]."""
    return np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(32768)


def check(heard: Heard, settings: VoiceSettings) -> None:
    """Raise Retry, with words that say what to change, where a recording is not good enough."""
    if not heard.milliseconds:
        raise Retry(SILENT)
    if heard.clipped > settings.max_clipped:
        raise Retry(TOO_LOUD, detail=f"clipped {heard.clipped:.4f}")
    if heard.level < settings.min_level_dbfs:
        raise Retry(TOO_QUIET, detail=f"level {heard.level:.1f} dBFS")
    if heard.milliseconds < settings.min_speech_ms:
        raise Retry(TOO_SHORT, detail=f"{heard.milliseconds} ms of speech")
