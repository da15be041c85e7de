"""Whether two fingerprints are of one signal, in plain Python: a web worker never loads numpy."""

from __future__ import annotations

BYTES, BITS = 2, 16
MOST_SHIFT = 16
"""Frames of 64 ms by which one may lie before the other: silence is found a little differently."""
LEAST_SHARE = 0.7
"""Share of the shorter one's frames that must lie over frames of the other."""


def distance(one: bytes, other: bytes) -> float:
    """Return the share of bits that differ where the two lie best upon each other; 1, nowhere."""
    mine, theirs = Bits(one), Bits(other)
    least = LEAST_SHARE * min(mine.count, theirs.count)
    ways = [_differing(mine, theirs, shift, least) for shift in range(MOST_SHIFT + 1)]
    ways += [_differing(theirs, mine, shift, least) for shift in range(1, MOST_SHIFT + 1)]
    return min(ways)


class Bits:
    """A fingerprint as two long numbers: its bits, and which of them were heard."""

    def __init__(self, fingerprint: bytes) -> None:
        words = [fingerprint[at : at + BYTES] for at in range(0, len(fingerprint), BYTES)]
        self.bits = int.from_bytes(fingerprint, "little")
        self.heard = int.from_bytes(b"".join(HEARD[any(word)] for word in words), "little")
        self.count = self.heard.bit_count()


HEARD = (b"\0" * BYTES, b"\xff" * BYTES)


def _differing(late: Bits, early: Bits, shift: int, least: float) -> float:
    """Return the share of bits that differ when so many frames of the late one are passed over."""
    common = (late.heard >> BITS * shift) & early.heard
    bits = common.bit_count()
    if not bits or bits < least:
        return 1.0
    return (((late.bits >> BITS * shift) ^ early.bits) & common).bit_count() / bits
