"""What every microphone shares: mono 16-bit PCM in machine order, its level, its WAV file."""

from __future__ import annotations

import io
import wave
from array import array
from collections.abc import Iterator

from contracts.device import CaptureSpec
from contracts.errors import DeviceError
from contracts.sample import Modality
from contracts.text import Text

MEDIA_TYPE = "audio/wav"
SAMPLE_WIDTH = 2
FULL_SCALE = 32_768
BLOCKS_PER_SECOND = 10


def level(pcm: bytes) -> float:
    """Return the peak of 16-bit PCM as a share of full scale, 0.0 to 1.0."""
    samples = array("h", pcm)
    peak = max((abs(sample) for sample in samples), default=0)
    return peak / FULL_SCALE


def wav(pcm: bytes, rate: int) -> bytes:
    """Return 16-bit mono PCM at `rate` Hz as a RIFF/WAVE file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(SAMPLE_WIDTH)
        writer.setframerate(rate)
        writer.writeframes(pcm)
    return file.getvalue()


def length(spec: CaptureSpec) -> int:
    """Return how many bytes of PCM the capture takes at the most."""
    return int(spec.duration.total_seconds() * spec.rate) * SAMPLE_WIDTH


def blocks(pcm: bytes, rate: int) -> Iterator[bytes]:
    """Cut PCM into the pieces after each of which a level is reported."""
    size = rate // BLOCKS_PER_SECOND * SAMPLE_WIDTH
    return (pcm[start : start + size] for start in range(0, len(pcm), size))


def expect_voice(spec: CaptureSpec) -> None:
    """Raise DeviceError where a microphone is asked for anything but voice."""
    if spec.modality is not Modality.VOICE:
        raise DeviceError(
            Text("A microphone cannot capture %(modality)s.", {"modality": spec.modality.value})
        )
