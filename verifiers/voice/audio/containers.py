"""What is inside a foreign recording, told by its bytes: Ogg, WebM or WAV.

Containers are walked here, in a language that checks its bounds, and strictly: one track, nothing
compressed twice, nothing cut off. What decodes gets packets of speech and never a file.
"""

from __future__ import annotations

import struct

from contracts.errors import BadRequest
from contracts.sample import MOST_BYTES
from contracts.text import Text
from verifiers.voice.audio import ogg, wav, webm
from verifiers.voice.audio.track import MAX_CHANNELS, RATES, UNKNOWN, Track

CODECS = {(1, 16): "pcm_s16le", (6, 8): "pcm_alaw", (7, 8): "pcm_mulaw"}
"""What a WAV file may hold, by its format tag and the bits of a sample."""
FORMAT = Text("The recording must be Opus, G.711 or 16-bit PCM, 8 to 48 kHz, one or two channels.")


def read(data: bytes) -> Track:
    """Return the one track of a recording. Raises BadRequest where there is none, or another."""
    if len(data) > MOST_BYTES:
        raise BadRequest(wav.TOO_LARGE, reason="too_large")
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data)
    if data[:4] == ogg.CAPTURE:
        return ogg.read(data)
    if data[:4] == webm.EBML:
        return webm.read(data)
    raise BadRequest(UNKNOWN, reason="unreadable", detail="no container that is known")


def _wav(data: bytes) -> Track:
    """Read a WAV file of telephones or of any microphone."""
    chunks = dict(wav.chunks(memoryview(data)))
    form, samples = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    if len(form) < 16 or not samples:
        raise BadRequest(wav.TRUNCATED, reason="incomplete")
    tag, channels, rate, speed, block, bits = struct.unpack_from("<HHIIHH", form)
    codec = CODECS.get((tag, bits))
    whole = (block, speed) == (channels * bits // 8, rate * channels * bits // 8)
    if codec is None or rate not in RATES or not 1 <= channels <= MAX_CHANNELS or not whole:
        raise BadRequest(
            FORMAT, reason="other_format", detail=f"format {tag}, {bits} bit, {rate} Hz, {channels}"
        )
    if len(samples) > wav.MAX_SECONDS * speed:
        raise BadRequest(wav.TOO_LONG, reason="too_long")
    return Track(codec, rate, channels, [bytes(samples[: len(samples) // block * block])])
