"""Opus in WebM (EBML, RFC 8794; Matroska, RFC 9559), as the recorders of browsers write it."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.errors import BadRequest
from verifiers.voice.audio import wav
from verifiers.voice.audio.track import MAX_PACKET_BYTES, MAX_PACKETS, UNKNOWN, Track

EBML = bytes.fromhex("1a45dfa3")
SEGMENT, CLUSTER, GROUP = 0x18538067, 0x1F43B675, 0xA0
TRACKS, ENTRY, CODEC, PRIVATE = 0x1654AE6B, 0xAE, 0x86, 0x63A2
SIMPLE_BLOCK, BLOCK = 0xA3, 0xA1
ENCODINGS, ATTACHMENTS = 0x6D80, 0x1941A469
LACING = 0x06
OPEN = {SEGMENT, CLUSTER, GROUP}
"""Walked through and not over: live recorders leave their length unknown."""
MOST = 4 * MAX_PACKETS

Element = tuple[int, bytes]


def read(data: bytes) -> Track:
    """Return the one track of a file. Raises BadRequest."""
    elements = _elements(data)
    for name, body in elements:
        if name == TRACKS:
            return Track.opus(_head(body), _packets(elements))
    raise BadRequest(wav.TRUNCATED, reason="incomplete")


def _head(tracks: bytes) -> bytes:
    """Return the header of the only track, which is Opus as it is. Raises BadRequest."""
    entries = [body for name, body in _elements(tracks) if name == ENTRY]
    if len(entries) != 1:
        raise BadRequest(UNKNOWN, reason="unreadable", detail=f"{len(entries)} tracks")
    members = dict(_elements(entries[0]))
    if members.get(CODEC) != b"A_OPUS" or ENCODINGS in members:
        raise BadRequest(
            UNKNOWN, reason="unreadable", detail="a track that is not Opus, or is packed once more"
        )
    return members.get(PRIVATE, b"")


def _packets(elements: Iterator[Element]) -> Iterator[bytes]:
    """Return what the blocks hold, one packet in each. Raises BadRequest."""
    for name, body in elements:
        if name in {TRACKS, ATTACHMENTS}:
            raise BadRequest(UNKNOWN, reason="unreadable", detail="more tracks, or attachments")
        if name in {SIMPLE_BLOCK, BLOCK}:
            yield _packet(body)


def _packet(block: bytes) -> bytes:
    """Leave out the number of the track, the time and the flags."""
    _, start = _number(block, 0)
    flags = block[start + 2 : start + 3]
    packet = block[start + 3 :]
    if not flags or flags[0] & LACING or len(packet) > MAX_PACKET_BYTES:
        raise BadRequest(
            UNKNOWN, reason="unreadable", detail="blocks of several packets, or too large"
        )
    return packet


def _elements(data: bytes) -> Iterator[Element]:
    """Walk the elements, each whole, so many at most. Raises BadRequest."""
    offset = 0
    for _ in range(MOST):
        if offset == len(data):
            return
        name, start = _number(data, offset, marked=True)
        length, start = _number(data, start)
        offset = start if name in OPEN else start + length
        if offset > len(data):
            raise BadRequest(wav.TRUNCATED, reason="incomplete")
        if name not in OPEN:
            yield name, data[start:offset]
    raise BadRequest(wav.TOO_LONG, reason="too_long", detail="too many elements")


def _number(data: bytes, offset: int, *, marked: bool = False) -> tuple[int, int]:
    """Read a number of variable length and return it with where it ends. Raises BadRequest.

    Names keep the bit that marks their length. An unknown length is larger than any file.
    """
    size = 9 - data[offset].bit_length() if offset < len(data) else 9
    if size > 8 or offset + size > len(data):
        raise BadRequest(wav.TRUNCATED, reason="incomplete")
    number = int.from_bytes(data[offset : offset + size])
    return number if marked else number & (1 << 7 * size) - 1, offset + size
