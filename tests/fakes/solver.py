"""A browser that does the work it is asked for."""

from __future__ import annotations

from hashlib import sha256
from itertools import count

SEED = 32


def solve(challenge: str, bits: int) -> str:
    """Return the first number that solves a challenge."""
    begun = sha256(f"{challenge.rpartition('.')[2][:SEED]}:".encode())
    for number in count():
        tried = begun.copy()
        tried.update(str(number).encode())
        if int.from_bytes(tried.digest()[:4], "big") >> (32 - bits) == 0:
            return str(number)
    raise AssertionError
