"""The pool's job: from a recording to an utterance, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from contracts.errors import Retry
from contracts.inference import Job
from verifiers.voice import correction, engines, pad
from verifiers.voice.arrays import Floats, waveform
from verifiers.voice.audio import quality, wav
from verifiers.voice.audio.narrow import filled
from verifiers.voice.audio.speech import Heard, Speech
from verifiers.voice.challenge.fingerprint import fingerprint
from verifiers.voice.channels import TELEPHONE, Channel
from verifiers.voice.engines import Engine
from verifiers.voice.parts import cuts, listened
from verifiers.voice.projection import Projection
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance

HALVED_MS = 2000
"""Speech of which each half says enough of a voice."""


class Listen:
    """Finds the speech, measures how good it is, encodes it.

    Telephone embeddings are corrected, but where an evaluation corrects them itself.
    """

    def __init__(
        self, speech: Speech, engine: Engine, settings: VoiceSettings, *, corrected: bool = True
    ) -> None:
        self._speech = speech
        self._engine = engine
        self._settings = settings
        found = correction.of(engine.format) if corrected else None
        self._project = Projection.by(found) if found else None
        self._attacks = pad.load(settings)

    def __call__(self, payload: bytes) -> bytes:
        """Listen to one WAV recording. Raises BadRequest or Retry."""
        return self.utterance(waveform(wav.pcm(payload))).dump()

    def utterance(self, waveform: Floats) -> Utterance:
        """Listen to a waveform (samples,) in [-1, 1] at 16 kHz. Raises Retry where it is poor."""
        heard = self._speech.hear(waveform)
        measured = quality.measure(heard)
        quality.check(measured, self._settings)
        channel = quality.channel(measured, self._settings)
        whole, *parts = (each.astype("<f4").tobytes() for each in self._encoded(heard, channel))
        return Utterance(
            whole,
            self._engine.format,
            channel,
            quality=measured,
            attack=self._attacks.margin(heard.waveform),
            fingerprint=fingerprint(heard.waveform),
            parts=tuple(parts),
        )

    def _encoded(self, heard: Heard, channel: Channel) -> Sequence[Floats]:
        """Return the embeddings of the whole and of its parts, as the channel needs it."""
        if channel != TELEPHONE:
            return listened(self._engine, heard, channel)
        found = listened(self._engine, replace(heard, waveform=filled(heard.waveform)), channel)
        return list(map(self._project, found)) if self._project else found


class Alone:
    """Hears whether one voice speaks, or a second one after it."""

    def __init__(self, speech: Speech, engine: Engine, settings: VoiceSettings) -> None:
        self._speech = speech
        self._engine = engine
        self._settings = settings

    def __call__(self, payload: bytes) -> bytes:
        """Compare the two halves of one WAV recording. Raises BadRequest or Retry."""
        heard = self._speech.hear(waveform(wav.pcm(payload)))
        if heard.milliseconds >= HALVED_MS:
            likeness = self.likeness(heard)
            if likeness < self._settings.min_halves_cosine:
                raise Retry(
                    quality.TWO_VOICES, reason="second_voice", detail=f"halves {likeness:.2f}"
                )
        return b""

    def likeness(self, heard: Heard) -> float:
        """Return the cosine of the embeddings of the first and the second half of the speech."""
        one, other = (self._engine.embed(half) for half in np.split(heard.waveform, cuts(heard, 2)))
        return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def load() -> Job:
    """Load the networks and the settings. Raises Misconfigured."""
    return Listen(*parts())


def load_alone() -> Job:
    """Load what tells whether one voice speaks: the same networks. Raises Misconfigured."""
    return Alone(*parts())


def parts() -> tuple[Speech, Engine, VoiceSettings]:
    """Return the networks of the settings and the settings."""
    settings = VoiceSettings.load()
    return *networks(settings.engine), settings


@lru_cache(maxsize=1)
def networks(engine: str) -> tuple[Speech, Engine]:
    """Load the networks once in a process, which does one job at a time."""
    return Speech(), engines.load(engine)
