"""Proof of work: a number is to be found whose hash begins with zeros. Nothing is stored.

The challenge is `ISSUED.BITS.NONCE.MAC`; the MAC binds it to a browser and a network. The first
32 digits of the MAC, a colon and the solution are hashed with SHA-256: at most 55 bytes, so that
each try costs one block.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

EASIEST = 16
HARDEST = 20
LIFETIME = timedelta(minutes=10)
SEED = 32
CHALLENGE = re.compile(r"([0-9]{1,12})\.([0-9]{1,2})\.([A-Za-z0-9_-]{16})\.([0-9a-f]{64})")
SOLUTION = re.compile(r"[0-9]{1,16}")

Digest = Callable[[str, str], str]
"""A keyed hash of a purpose and a value: 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A challenge of ours: when it was issued, how hard it is, and what is hashed."""

    at: datetime
    bits: int
    mac: str

    def solved(self, solution: str) -> bool:
        """Whether a solution has as many leading zero bits as were asked for."""
        if not SOLUTION.fullmatch(solution):
            return False
        found = sha256(f"{self.mac[:SEED]}:{solution}".encode()).digest()
        return int.from_bytes(found, "big") >> (len(found) * 8 - self.bits) == 0


def issue(digest: Digest, whom: str, bits: int, now: datetime) -> str:
    """Make a challenge for somebody."""
    message = f"{int(now.timestamp())}.{bits}.{secrets.token_urlsafe(12)}"
    return f"{message}.{_mac(digest, whom, message)}"


def read(digest: Digest, whom: str, challenge: str, now: datetime) -> Issued | None:
    """Return a challenge that we issued to them and that is not too old; else None."""
    found = CHALLENGE.fullmatch(challenge)
    if found is None:
        return None
    message, _, mac = challenge.rpartition(".")
    if not hmac.compare_digest(mac, _mac(digest, whom, message)):
        return None
    issued = Issued(datetime.fromtimestamp(int(found[1]), UTC), int(found[2]), mac)
    return issued if now <= issued.at + LIFETIME else None


def difficulty(load: float) -> int:
    """Return how many zero bits are asked for: one more each time the load doubles."""
    return min(HARDEST, EASIEST + max(0, int(load).bit_length() - 1))


def _mac(digest: Digest, whom: str, message: str) -> str:
    return digest("work", f"{whom}\0{message}")
