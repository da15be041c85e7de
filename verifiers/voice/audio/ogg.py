"""Opus in Ogg (RFC 3533, RFC 7845), as messengers send it."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.errors import BadRequest
from verifiers.voice.audio import wav
from verifiers.voice.audio.track import MAX_PACKET_BYTES, UNKNOWN, Track

CAPTURE = b"OggS"
HEADER = 27
SERIAL = slice(14, 18)
WHOLE = 255
"""A segment of this length goes on in the next one."""


def read(data: bytes) -> Track:
    """Return the one stream of a file; its comments are passed over. Raises BadRequest."""
    packets = _packets(data)
    head, comments = next(packets, b""), next(packets, b"")
    if not comments.startswith(b"OpusTags"):
        raise BadRequest(UNKNOWN, reason="unreadable", detail="no Opus in Ogg")
    return Track.opus(head, packets)


def _packets(data: bytes) -> Iterator[bytes]:
    """Put the segments of all pages together. Raises BadRequest where something is missing."""
    packet = b""
    for segment in _segments(data):
        packet += segment
        if len(packet) > MAX_PACKET_BYTES:
            raise BadRequest(UNKNOWN, reason="unreadable", detail="a packet that is too large")
        if len(segment) < WHOLE:
            yield packet
            packet = b""
    if packet:
        raise BadRequest(wav.TRUNCATED, reason="incomplete")


def _segments(data: bytes) -> Iterator[bytes]:
    """Walk the pages, each whole and all of one stream. Raises BadRequest."""
    offset = 0
    while offset < len(data):
        header = data[offset : offset + HEADER]
        if len(header) < HEADER or header[:4] != CAPTURE or header[SERIAL] != data[SERIAL]:
            raise BadRequest(wav.TRUNCATED, reason="incomplete")
        table = data[offset + HEADER : offset + HEADER + header[-1]]
        offset += HEADER + header[-1]
        if offset + sum(table) > len(data):
            raise BadRequest(wav.TRUNCATED, reason="incomplete")
        for length in table:
            yield data[offset : offset + length]
            offset += length
