"""The transform that protects a voiceprint (ISO/IEC 24745): a rotation of one's own.

Rounds of Givens rotations: the coordinates are shuffled, paired, and each pair is turned by an
angle. Every round is orthogonal, so all of them are: two vectors under one transform have the
cosine they had before, and under two transforms nothing in common. Shuffles and angles come from a
seed that only the keystore can give and from the salt of the template. In plain Python: a web
worker never loads numpy.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import sys
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ROUNDS = 16
"""Measured in docs/template-protection.md: from four on, nothing of a vector is left to link."""

SEED_BYTES = 32
SALT_BYTES = 16
INFO = b"gatehouse/voice template"
TURN = 2 * math.pi / 2**32


class Round(NamedTuple):
    """One round: which coordinates are paired, and how far each pair is turned."""

    left: Sequence[int]
    right: Sequence[int]
    cosines: Sequence[float]
    sines: Sequence[float]


class Transform:
    """An orthogonal transform of vectors of one dimension. Raises ValueError: no seed or salt."""

    def __init__(self, seed: bytes, salt: bytes, dimension: int, rounds: int = ROUNDS) -> None:
        if len(seed) != SEED_BYTES or len(salt) != SALT_BYTES:
            raise ValueError("a template is protected with a seed and a salt")
        self._dimension = dimension
        size = dimension + dimension // 2
        drawn = _numbers(seed, salt, rounds * size)
        starts = range(0, rounds * size, size)
        self._rounds = [_round(drawn[start : start + size], dimension) for start in starts]

    def apply(self, vector: Sequence[float]) -> list[float]:
        """Protect a vector. Raises ValueError where it has another dimension."""
        values = self._values(vector)
        for each in self._rounds:
            _turn(values, each)
        return values

    def undo(self, vector: Sequence[float]) -> list[float]:
        """Give the vector back that was protected."""
        values = self._values(vector)
        for left, right, cosines, sines in reversed(self._rounds):
            _turn(values, Round(left, right, cosines, [-sine for sine in sines]))
        return values

    def _values(self, vector: Sequence[float]) -> list[float]:
        if len(vector) != self._dimension:
            raise ValueError(f"{len(vector)} numbers are not compared with {self._dimension}")
        return list(vector)


def new_salt() -> bytes:
    """Return the salt of a new template."""
    return secrets.token_bytes(SALT_BYTES)


def _numbers(seed: bytes, salt: bytes, count: int) -> array[int]:
    """Draw 32-bit numbers from a stream that seed and salt decide (HKDF, RFC 5869; SHAKE256)."""
    key = HKDF(SHA256(), SEED_BYTES, salt=salt, info=INFO).derive(seed)
    numbers = array("I", hashlib.shake_256(key).digest(4 * count))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _round(drawn: Sequence[int], dimension: int) -> Round:
    order = sorted(range(dimension), key=drawn.__getitem__)
    half = dimension // 2
    angles = [number * TURN for number in drawn[dimension:]]
    cosines, sines = list(map(math.cos, angles)), list(map(math.sin, angles))
    return Round(order[:half], order[half : 2 * half], cosines, sines)


def _turn(values: list[float], each: Round) -> None:
    for left, right, cosine, sine in zip(*each, strict=True):
        x, y = values[left], values[right]
        values[left] = cosine * x - sine * y
        values[right] = sine * x + cosine * y
