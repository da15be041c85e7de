"""Whether two fingerprints are of one signal, in plain Python: a web worker never loads numpy."""

from __future__ import annotations

import math

BYTES, BITS = 2, 16
LEAST_SHARE = 0.5
"""Share of the shorter one's frames that must lie over frames of the other."""
LEAST_FRAMES, LEAST_OF_SHORT = 24, 0.8
"""So many frames of 64 ms, or that share of fewer: by less, two signals are alike by chance."""


class Print:
    """A fingerprint as long numbers: its bits, which of them were heard, and in which frames."""

    def __init__(self, fingerprint: bytes) -> None:
        words = [fingerprint[at : at + BYTES] for at in range(0, len(fingerprint), BYTES)]
        loud = [any(word) for word in words]
        heard = b"".join(HEARD[each] for each in loud)
        self.length, self.count = len(words), sum(loud)
        self.frames = sum(each << at for at, each in enumerate(loud))
        self.heard, self.bits = (int.from_bytes(each, "little") for each in (heard, fingerprint))


HEARD = (b"\0" * BYTES, b"\xff" * BYTES)


class Sought:
    """A fingerprint that is looked for in others; where it may lie is computed once for all."""

    def __init__(self, fingerprint: bytes) -> None:
        self._mine = Print(fingerprint)
        self._moved: dict[int, tuple[int, int, int]] = {}

    def distance(self, other: Print) -> float:
        """Return the share of bits that differ where the two lie best upon each other; 1, nowhere.

        Either may begin before the other, by as much as leaves enough of both.
        """
        fewer = min(self._mine.count, other.count)
        part = max(LEAST_SHARE * fewer, min(LEAST_FRAMES, LEAST_OF_SHORT * fewer))
        least = max(1, math.ceil(part))
        places = range(least - self._mine.length, other.length - least + 1)
        return min((self._differing(other, at, least) for at in places), default=1.0)

    def _differing(self, other: Print, place: int, least: int) -> float:
        """Return the share of bits that differ where this one begins in that frame of the other."""
        frames, heard, bits = self._moved.get(place) or self._move(place)
        count = (frames & other.frames).bit_count()
        if count < least:
            return 1.0
        return ((bits ^ other.bits) & heard & other.heard).bit_count() / (BITS * count)

    def _move(self, place: int) -> tuple[int, int, int]:
        mine = self._mine
        if place < 0:
            moved = mine.frames >> -place, mine.heard >> -BITS * place, mine.bits >> -BITS * place
        else:
            moved = mine.frames << place, mine.heard << BITS * place, mine.bits << BITS * place
        self._moved[place] = moved
        return moved
