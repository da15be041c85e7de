"""Read a recording of any kind that the sound library knows, as the engines want it."""

from __future__ import annotations

from pathlib import Path

import soundfile

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import resample
from verifiers.voice.audio.wav import MAX_SECONDS, RATE

UNREADABLE = Text("The file cannot be read as audio.")
EMPTY = Text("There is no sound in the file.")


def load(path: Path) -> Waveform:
    """Read the first 15 s of a file as mono at 16 kHz. Raises BadRequest where it is no audio."""
    try:
        with soundfile.SoundFile(path) as file:
            data = file.read(MAX_SECONDS * file.samplerate, dtype="float32", always_2d=True)
            waveform = resample(data.mean(axis=1), file.samplerate, RATE)
    except (OSError, soundfile.LibsndfileError) as error:
        raise BadRequest(UNREADABLE, detail=str(error), reason="unreadable") from error
    if not waveform.size:
        raise BadRequest(EMPTY, reason="empty")
    return waveform
