"""Whether bytes are CBOR as authenticators write it, told before anything decodes them.

CTAP 2.2, section 8 (canonical form): definite lengths, four levels, no tags. A decoder of all of
RFC 8949 would make numbers with a thousand million digits of a few bytes, and loops of others.
"""

from __future__ import annotations

DEPTH = 4
LONGEST = 0xFFFF
"""Items of an array or map, bytes of a string: more than any authenticator writes."""

BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = 2, 3, 4, 5, 6, 7
IMMEDIATE, FOLLOWING = 24, {24: 1, 25: 2, 26: 4, 27: 8}


def check(data: bytes) -> None:
    """Raise ValueError where the data is not one canonical item, to its last byte."""
    if (end := item(data, 0, DEPTH)) != len(data):
        raise ValueError(f"{len(data) - end} bytes follow the CBOR")


def item(data: bytes, at: int, depth: int = DEPTH) -> int:
    """Return where the item that begins here ends. Raises ValueError."""
    if at >= len(data):
        raise ValueError("the CBOR is cut off")
    major, minor = data[at] >> 5, data[at] & 0x1F
    if major == TAG:
        raise ValueError("a CBOR tag")
    value, at = _argument(data, at + 1, minor)
    if major in (BYTES, TEXT):
        return _within(data, at + _length(value))
    if major in (ARRAY, MAP):
        return _container(data, at, _length(value) * (major - 3), depth)
    return at


def _container(data: bytes, at: int, count: int, depth: int) -> int:
    if depth == 0:
        raise ValueError("the CBOR is nested too deeply")
    for _ in range(count):
        at = item(data, at, depth - 1)
    return at


def _argument(data: bytes, at: int, minor: int) -> tuple[int, int]:
    """Return the number in an item's head, and where the head ends (RFC 8949, section 3)."""
    if minor < IMMEDIATE:
        return minor, at
    if minor not in FOLLOWING:
        raise ValueError("a CBOR item of indefinite length")
    end = _within(data, at + FOLLOWING[minor])
    return int.from_bytes(data[at:end], "big"), end


def _length(value: int) -> int:
    if value > LONGEST:
        raise ValueError(f"a CBOR item of {value} parts")
    return value


def _within(data: bytes, end: int) -> int:
    if end > len(data):
        raise ValueError("the CBOR is cut off")
    return end
