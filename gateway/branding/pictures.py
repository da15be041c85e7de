"""Pictures that may be shown as a logo: read strictly, kept without what is not the picture.

A picture is taken apart and put together again from the parts that are drawn. What hides beside
them, a place where it was taken or another document, is not kept; what does not end where the
picture ends is refused.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from contracts.errors import BadRequest
from contracts.text import Text

LARGEST = 100_000
SIDE = 2048
"""Bytes of a file; pixels of a side."""

PNG, JPEG, WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF"
DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"gAMA", b"IDAT", b"IEND"}
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
FRAMES = {*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)}
WEBP_DRAWN = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH"}
ALPHA = 0x10


class Broken(Exception):
    """The bytes are not the picture that they begin as."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture, its media type and its sides in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def read(data: bytes) -> Picture:
    """Return the picture. Raises BadRequest for all that is no PNG, JPEG or WebP of a fit size."""
    if len(data) > LARGEST:
        raise BadRequest(Text("A logo has 100 kB at the most."))
    reader = next((reader for magic, reader in _READERS.items() if data.startswith(magic)), None)
    if reader is None:
        raise BadRequest(Text("A logo is a PNG, JPEG or WebP picture."))
    try:
        picture = reader(data)
    except (Broken, IndexError, zlib.error) as error:
        raise BadRequest(Text("The picture is damaged."), detail=str(error)) from error
    if not (0 < picture.width <= SIDE and 0 < picture.height <= SIDE):
        raise BadRequest(Text("A logo has 2048 pixels a side at the most."))
    return picture


def _png(data: bytes) -> Picture:
    """Read a PNG: every chunk by its checksum, no more pixels than it says (PNG, section 5)."""
    chunks = list(_chunks(data))
    if not chunks or (chunks[0][0], len(chunks[0][1])) != (b"IHDR", 13):
        raise Broken("a PNG begins with its header")
    if chunks[-1][0] != b"IEND" or any(name == b"acTL" for name, _ in chunks):
        raise Broken("a PNG ends with its end, and does not move")
    header = chunks[0][1]
    width, height = _big(header[:4]), _big(header[4:8])
    if 0 < width <= SIDE and 0 < height <= SIDE:
        _check_pixels(header, b"".join(body for name, body in chunks if name == b"IDAT"))
    kept = [_chunk(name, body) for name, body in chunks if name in DRAWN]
    return Picture(PNG + b"".join(kept), "image/png", width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at < len(data):
        end = at + 8 + _big(data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : end]
        if data[end : end + 4] != zlib.crc32(name + body).to_bytes(4, "big"):
            raise Broken("the checksum of a chunk is wrong")
        yield name, body
        at = end + 4


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def _check_pixels(header: bytes, packed: bytes) -> None:
    """Refuse a small file that unpacks to more than its sides say."""
    width, height, depth, kind = _big(header[:4]), _big(header[4:8]), header[8], header[9]
    if kind not in CHANNELS or depth not in {1, 2, 4, 8, 16}:
        raise Broken("there is no such kind of pixel")
    most = height * (1 + (width * depth * CHANNELS[kind] + 7) // 8) + 8 * (width + height)
    unpacking = zlib.decompressobj()
    pixels = unpacking.decompress(packed, most)
    if not pixels or unpacking.unconsumed_tail or unpacking.unused_data or not unpacking.eof:
        raise Broken("its pixels are not as many as it says")


def _jpeg(data: bytes) -> Picture:
    """Read a JPEG marker by marker (ITU-T T.81, annex B)."""
    kept, at, sides = [data[:2]], 2, (0, 0)
    while data[at : at + 2] != b"\xff\xd9":
        marker, end = data[at + 1], at + 2 + _big(data[at + 2 : at + 4])
        if data[at] != 0xFF or marker < 0xC0 or end < at + 4 or end > len(data):
            raise Broken("a marker is missing")
        if marker in FRAMES:
            sides = _big(data[at + 7 : at + 9]), _big(data[at + 5 : at + 7])
        if marker == 0xDA:
            end = _scan_end(data, end)
        if marker in {0xE0, 0xEE} or not 0xE0 <= marker <= 0xFE:
            kept.append(data[at:end])
        at = end
    if at + 2 != len(data) or sides == (0, 0):
        raise Broken("a JPEG ends with its end")
    return Picture(b"".join([*kept, data[at:]]), "image/jpeg", *sides)


def _scan_end(data: bytes, at: int) -> int:
    """Return where the next marker is that is no part of what is drawn."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise Broken("a scan has no end")
        if data[at + 1] not in {0x00, *range(0xD0, 0xD8)}:
            return at
        at += 2


def _webp(data: bytes) -> Picture:
    """Read a WebP that does not move (RFC 9649, section 2)."""
    if data[8:12] != b"WEBP" or _little(data[4:8]) + 8 != len(data):
        raise Broken("its length is not the one it says")
    chunks = list(_riff(data))
    if any(name in {b"ANIM", b"ANMF"} for name, _ in chunks):
        raise Broken("a logo does not move")
    sides = [_webp_sides(name, body) for name, body in chunks if name in WEBP_DRAWN - {b"ALPH"}]
    pictures = [name for name, _ in chunks if name in {b"VP8 ", b"VP8L"}]
    if len(pictures) != 1:
        raise Broken("it holds no picture, or several")
    drawn = [(name, _still(name, body)) for name, body in chunks if name in WEBP_DRAWN]
    body = b"WEBP" + b"".join(_riff_chunk(name, part) for name, part in drawn)
    width, height = (max(side) for side in zip(*sides, strict=True))
    whole = b"RIFF" + len(body).to_bytes(4, "little") + body
    return Picture(whole, "image/webp", width, height)


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        size = _little(data[at + 4 : at + 8])
        end = at + 8 + size
        if end > len(data):
            raise Broken("a chunk is longer than the file")
        yield data[at : at + 4], data[at + 8 : end]
        at = end + size % 2


def _riff_chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def _still(name: bytes, body: bytes) -> bytes:
    """Leave of the flags the one for transparency: what the others announce is not kept."""
    return bytes([body[0] & ALPHA]) + body[1:] if name == b"VP8X" else body


def _webp_sides(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        return _little(body[4:7]) + 1, _little(body[7:10]) + 1
    if name == b"VP8L":
        if body[0] != 0x2F:
            raise Broken("it is no lossless picture")
        bits = _little(body[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if body[3:6] != b"\x9d\x01\x2a":
        raise Broken("it is no key frame")
    return _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_READERS: Mapping[bytes, Callable[[bytes], Picture]] = {PNG: _png, JPEG: _jpeg, WEBP: _webp}
