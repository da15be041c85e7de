"""Recordings that are none, that lie, or that are too much."""

from __future__ import annotations

import struct
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import BadRequest
from contracts.sample import MOST_BYTES
from tests.timing import AT_ONCE, quickest
from verifiers.voice.audio.wav import RATE, pcm, wave

SECOND = bytes(2 * RATE)


def riff(fmt: bytes, data: bytes, size: int | None = None) -> bytes:
    """Build a WAV file of any format, honest about its length or not."""
    length = struct.pack("<I", len(data) if size is None else size)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + length + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def form(tag: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16) -> bytes:
    """Build a format chunk."""
    width = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * width, width, bits)


NAN = struct.pack("<f", float("nan")) * RATE
BAD = {
    "nothing": b"",
    "four letters": b"RIFF",
    "text": b"hello, this is no recording at all",
    "MP3 named WAV": b"ID3\x04\x00" + bytes(4000),
    "FLAC": b"fLaC" + bytes(4000),
    "AVI in RIFF": b"RIFF" + bytes(4) + b"AVI " + bytes(100),
    "no format": b"RIFF" + bytes(4) + b"WAVEdata" + struct.pack("<I", 4) + bytes(4),
    "no samples": riff(form(), b""),
    "half a sample": riff(form(), bytes(3)),
    "float with NaN": riff(form(tag=3, bits=32), NAN),
    "A-law": riff(form(tag=6, bits=8), bytes(RATE)),
    "extensible": riff(form(tag=0xFFFE) + bytes(24), SECOND),
    "stereo": riff(form(channels=2), SECOND),
    "no channel": riff(form(channels=0), SECOND),
    "48 kHz": riff(form(rate=48_000), SECOND),
    "8 kHz": riff(form(rate=8_000), SECOND),
    "24 bit": riff(form(bits=24), SECOND),
    "8 bit": riff(form(bits=8), SECOND),
    "a short format": riff(form()[:14], SECOND),
    "claims 4 GB": riff(form(), SECOND, size=0xFFFFFFFF),
    "claims more than there is": riff(form(), SECOND, size=len(SECOND) + 2),
    "cut off": wave(SECOND)[:-100],
    "cut in the header": wave(SECOND)[:30],
    "16 seconds": wave(SECOND * 16),
    "too large": wave(bytes(MOST_BYTES)),
    "a thousand chunks": b"RIFF" + bytes(4) + b"WAVE" + b"junk\x00\x00\x00\x00" * 1000,
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_bad_recording_gets_a_plain_reason_at_no_cost(data: bytes) -> None:
    def refuse() -> str:
        with pytest.raises(BadRequest) as raised:
            pcm(data)
        return str(raised.value.public)

    words, spent = quickest(refuse)
    assert spent < AT_ONCE
    assert "recording" in words
    tracemalloc.start()
    refuse()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


def test_samples_are_returned_uncopied() -> None:
    data = wave(b"\x01\x00\x02\x00")
    assert pcm(data).tobytes() == b"\x01\x00\x02\x00"
    assert pcm(data).obj is data


def test_other_chunks_are_skipped() -> None:
    data = riff(form() + b"LIST\x03\x00\x00\x00abc\x00", b"\x01\x00")
    listed = data[:36].replace(struct.pack("<I", 28), struct.pack("<I", 16)) + data[36:]
    assert pcm(listed).tobytes() == b"\x01\x00"


def test_fifteen_seconds_are_accepted() -> None:
    assert len(pcm(wave(SECOND * 15))) == 15 * len(SECOND)


@given(st.binary(max_size=200))
def test_any_bytes_are_samples_or_a_bad_request(noise: bytes) -> None:
    for data in (noise, wave(SECOND)[:20] + noise, b"RIFF\x00\x00\x00\x00WAVE" + noise):
        with suppress(BadRequest):
            assert len(pcm(data)) >= 2
