"""What a person answers with: one recording."""

from __future__ import annotations

from contracts.errors import BadRequest
from contracts.factor import Answer
from contracts.sample import Modality
from contracts.text import Text
from verifiers.voice.audio import wav

MISSING = Text("The recording is missing.")


def recording(answer: Answer) -> bytes:
    """Return the one recording of an answer, its header checked. Raises BadRequest."""
    voices = [each for each in answer.samples if each.modality is Modality.VOICE]
    if len(voices) != 1:
        raise BadRequest(MISSING)
    wav.pcm(voices[0].data)
    return voices[0].data
