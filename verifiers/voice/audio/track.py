"""What a container holds: packets of one codec."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from contracts.errors import BadRequest
from contracts.text import Text

RATES = range(8_000, 48_001)
MAX_CHANNELS = 2
MAX_PACKETS = 6_000
"""Fifteen seconds in the shortest frames that Opus has, 2.5 ms."""
MAX_PACKET_BYTES = 61_440
"""More than 120 ms of Opus can take (RFC 6716, 3.2.5: 48 frames of 1,275 bytes)."""
OPUS_RATE = 48_000
OPUS_HEAD = 19

UNKNOWN = Text("This is not a recording that can be read here.")


@dataclass(frozen=True, slots=True)
class Track:
    """One stream of speech; `header` is what the codec must know before its first packet."""

    codec: str
    rate: int
    channels: int
    packets: Iterable[bytes] = field(repr=False)
    header: bytes = field(default=b"", repr=False)

    @classmethod
    def opus(cls, head: bytes, packets: Iterable[bytes]) -> Self:
        """Return a track of Opus by its own header (RFC 7845, 5.1). Raises BadRequest."""
        if len(head) != OPUS_HEAD or head[:8] != b"OpusHead" or head[8] >> 4 or head[18]:
            raise BadRequest(
                UNKNOWN, reason="unreadable", detail="no Opus, or for more than two channels"
            )
        if not 1 <= head[9] <= MAX_CHANNELS:
            raise BadRequest(UNKNOWN, reason="unreadable", detail=f"{head[9]} channels")
        return cls("libopus", OPUS_RATE, head[9], packets, head)
