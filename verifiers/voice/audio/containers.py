"""Which container a foreign recording has, told by its bytes, and whether its outline is whole."""

from __future__ import annotations

from contracts.errors import BadRequest
from contracts.text import Text
from verifiers.voice.audio import wav

MAX_BYTES = 3_000_000
"""Fifteen seconds of two channels at 48 kHz, 16 bits each, and their header."""
MAX_PAGES = 2_000
OGG = b"OggS"
OGG_HEADER = 27
EBML = b"\x1a\x45\xdf\xa3"

UNKNOWN = Text("This is not a recording that can be read here.")


def named(data: bytes) -> str:
    """Return `wav`, `ogg` or `matroska`. Raises BadRequest where it is none of them, or cut off."""
    if len(data) > MAX_BYTES:
        raise BadRequest(wav.TOO_LARGE)
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data)
    if data[:4] == OGG:
        return _ogg(data)
    if data[:4] == EBML:
        return "matroska"
    raise BadRequest(UNKNOWN, detail="no container that is known")


def _wav(data: bytes) -> str:
    """Walk the chunks; there is one format, and samples after it. Raises BadRequest."""
    names = [name for name, _ in wav.chunks(memoryview(data))]
    if names.count(b"fmt ") != 1 or names.count(b"data") != 1:
        raise BadRequest(wav.TRUNCATED)
    return "wav"


def _ogg(data: bytes) -> str:
    """Walk the pages (RFC 3533): all of one stream, the last one whole. Raises BadRequest."""
    offset, pages = 0, 0
    while offset < len(data):
        page = data[offset : offset + OGG_HEADER]
        if len(page) < OGG_HEADER or page[:4] != OGG or page[14:18] != data[14:18]:
            raise BadRequest(wav.TRUNCATED)
        body = offset + OGG_HEADER + page[26]
        offset = body + sum(data[offset + OGG_HEADER : body])
        pages += 1
    if offset != len(data) or pages > MAX_PAGES:
        raise BadRequest(wav.TRUNCATED)
    return "ogg"
