"""Cosine similarity of CAM++ embeddings in plain Python: a web worker never loads numpy."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Sequence
from operator import mul

DIMENSION = 192
FORMAT = "campplus-zh-en-192/1"


class CosineMatcher:
    """Compares embeddings of 192 little-endian 32-bit floats by the angle between them."""

    format = FORMAT

    def score(self, probe: bytes, template: bytes) -> float:
        """Return the cosine, -1.0 to 1.0; nan where an embedding is not finite."""
        return float(sum(map(mul, unit(probe), unit(template))))

    def merge(self, probes: Sequence[bytes]) -> bytes:
        """Return the mean direction, of unit length."""
        mean = [sum(column) for column in zip(*map(unit, probes), strict=True)]
        return pack(scaled(mean))


def unit(embedding: bytes) -> list[float]:
    """Read an embedding and scale it to unit length. Raises ValueError on another size."""
    values = array("f")
    values.frombytes(embedding)
    if len(values) != DIMENSION:
        raise ValueError(f"an embedding has {DIMENSION} numbers, not {len(values)}")
    if sys.byteorder == "big":
        values.byteswap()
    return scaled(values)


def scaled(values: Sequence[float]) -> list[float]:
    """Scale to unit length; a vector without direction becomes nan and matches nothing."""
    norm = math.sqrt(sum(map(mul, values, values))) or math.nan
    return [value / norm for value in values]


def pack(values: Sequence[float]) -> bytes:
    """Write numbers as little-endian 32-bit floats."""
    packed = array("f", values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()
