"""What a voice came over: a microphone's whole band, or a telephone's."""

from __future__ import annotations

from typing import Final, Literal

Channel = Literal["wide", "telephone"]

WIDE: Final = "wide"
TELEPHONE: Final = "telephone"
CHANNELS: tuple[Channel, ...] = (WIDE, TELEPHONE)
PAIRS: tuple[tuple[Channel, Channel], ...] = (
    (WIDE, WIDE),
    (TELEPHONE, TELEPHONE),
    (TELEPHONE, WIDE),
)
"""What is compared, whichever of both came over which."""
