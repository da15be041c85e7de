"""Injection: a recording of the person, fed to the page by a virtual microphone."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.conversion import Changed
from gateway.evaluation.conditions import resample
from verifiers.voice.audio.wav import RATE


def as_it_is(waveform: Real, _: np.random.Generator) -> Real:
    """Feed the samples themselves."""
    return waveform


def coded(waveform: Real, _: np.random.Generator) -> Real:
    """Feed what a voice message left of them: Opus."""
    message = io.BytesIO()
    soundfile.write(message, waveform, RATE, format="OGG", subtype="OPUS")
    message.seek(0)
    heard, rate = soundfile.read(message, dtype="float32")
    return resample(heard, rate, RATE)


FILE = Changed(
    "injection-file", "a file of the person's speech, digitally", as_it_is, trained=False
)
MESSAGE = Changed(
    "injection-message", "a voice message of the person, digitally", coded, trained=False
)
