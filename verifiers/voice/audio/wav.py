"""RIFF/WAVE, strictly: mono, 16 kHz, 16-bit PCM. Reads headers and slices; decodes nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from contracts.errors import BadRequest
from contracts.sample import MOST_BYTES
from contracts.text import Text, counted

RATE = 16_000
WIDTH = 2
MAX_SECONDS = 15
MAX_CHUNKS = 16
PCM = 1

NOT_WAVE = Text("This is not a WAV recording.")
FORMAT = Text("The recording must be WAV, one channel, 16 kHz, 16-bit PCM.")
TRUNCATED = Text("The recording is incomplete.")
TOO_LONG = counted(
    "The recording is longer than one second.",
    "The recording is longer than %(count)d seconds.",
    MAX_SECONDS,
)
TOO_LARGE = Text("The recording is too large.")


def pcm(data: bytes) -> memoryview:
    """Return the samples, little-endian 16-bit, of one recording. Raises BadRequest."""
    if len(data) > MOST_BYTES:
        raise BadRequest(TOO_LARGE, reason="too_large")
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadRequest(NOT_WAVE, reason="no_recording")
    return _samples(memoryview(data))


def _samples(data: memoryview) -> memoryview:
    """Find the format and then the samples; what stands between or after them is skipped."""
    known = False
    for name, body in chunks(data):
        if name == b"fmt ":
            _check_format(body)
            known = True
        elif name == b"data" and known:
            return _check_length(body)
    raise BadRequest(TRUNCATED, reason="incomplete")


def chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Walk the chunks of a RIFF file, each wholly inside the data. Raises BadRequest."""
    offset = 12
    for _ in range(MAX_CHUNKS):
        if offset + 8 > len(data):
            return
        name, size = struct.unpack_from("<4sI", data, offset)
        if offset + 8 + size > len(data):
            raise BadRequest(TRUNCATED, reason="incomplete")
        yield name, data[offset + 8 : offset + 8 + size]
        offset += 8 + size + size % 2


def _check_format(body: memoryview) -> None:
    """Accept one format alone. Raises BadRequest."""
    if len(body) < 16 or struct.unpack_from("<HHIIHH", body) != (
        *(PCM, 1, RATE),
        *(RATE * WIDTH, WIDTH, 8 * WIDTH),
    ):
        raise BadRequest(FORMAT, reason="other_format")


def _check_length(samples: memoryview) -> memoryview:
    """Accept whole samples, at least one and not too many. Raises BadRequest."""
    if not samples or len(samples) % WIDTH:
        raise BadRequest(TRUNCATED, reason="incomplete")
    if len(samples) > MAX_SECONDS * RATE * WIDTH:
        raise BadRequest(TOO_LONG, reason="too_long")
    return samples


def wave(samples: bytes) -> bytes:
    """Wrap samples into a WAVE file of the accepted format."""
    form = struct.pack("<HHIIHH", PCM, 1, RATE, RATE * WIDTH, WIDTH, 8 * WIDTH)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data"
    chunks += struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
