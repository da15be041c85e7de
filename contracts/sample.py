"""All that passes from a sensor to a factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_BYTES = 2 * 1024 * 1024
"""Of one capture, encoded: no page, no driver and no factor takes more."""


class Modality(StrEnum):
    """What a sensor captures."""

    VOICE = "voice"
    FACE = "face"
    FINGERPRINT = "fingerprint"
    IRIS = "iris"


@dataclass(frozen=True, slots=True)
class Sample:
    """One capture, used once and never stored.

    `data` is the encoded media (for voice: RIFF/WAVE, mono, 16 kHz, 16-bit PCM);
    `source` names the device or page that took it; `virtual` marks a simulator. `forwarded` names
    the client that handed it on, where one did: nobody knows what microphone that was.
    """

    modality: Modality
    media_type: str
    data: bytes = field(repr=False)
    captured_at: datetime
    source: str
    virtual: bool = False
    forwarded: str = ""
