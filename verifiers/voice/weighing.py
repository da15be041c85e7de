"""How much an utterance counts in a voiceprint; decision 0047 has what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping

ENOUGH_MS = 3000
"""More speech than this counts no more."""
ENOUGH_DB = 15.0
"""Speech that is so far above the noise counts in full; at the noise itself it counts half."""


def weight(quality: Mapping[str, float]) -> float:
    """Return the weight of an utterance from its speech and its distance from the noise.

    What was not measured counts as good.
    """
    speech = min(max(quality.get("speech_ms", ENOUGH_MS), 1), ENOUGH_MS) / ENOUGH_MS
    above = min(max(quality.get("snr_db", ENOUGH_DB), 0), ENOUGH_DB) / ENOUGH_DB
    return math.sqrt(speech) * (1 + above) / 2
