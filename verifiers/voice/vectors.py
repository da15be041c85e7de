"""Vectors of little-endian 32-bit floats in plain Python: a web worker never loads numpy."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Sequence
from operator import mul


def unpack(packed: bytes) -> list[float]:
    """Read numbers. Raises ValueError where their bytes are incomplete."""
    values = array("f")
    values.frombytes(packed)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tolist()


def pack(values: Sequence[float]) -> bytes:
    """Write numbers."""
    packed = array("f", values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def scaled(values: Sequence[float]) -> list[float]:
    """Scale to unit length; a vector without direction becomes nan and matches nothing."""
    norm = math.sqrt(sum(map(mul, values, values))) or math.nan
    return [value / norm for value in values]


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine, -1.0 to 1.0; nan for what is not finite. Raises ValueError: two sizes."""
    if len(one) != len(other):
        raise ValueError(f"{len(one)} numbers are not compared with {len(other)}")
    return float(sum(map(mul, scaled(one), scaled(other))))


def mean(vectors: Sequence[Sequence[float]], weights: Sequence[float]) -> list[float]:
    """Return the mean direction of vectors that count as much as their weights say."""
    weighted = [
        [weight * value for value in scaled(vector)]
        for vector, weight in zip(vectors, weights, strict=True)
    ]
    return scaled([sum(column) for column in zip(*weighted, strict=True)])
