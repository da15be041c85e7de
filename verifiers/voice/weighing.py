"""How much an utterance counts in a voiceprint."""

from __future__ import annotations

from collections.abc import Mapping

ENOUGH_MS = 5000
"""More speech than this says no more about a voice."""
LOWEST_DB, HIGHEST_DB = 5.0, 25.0
"""Between these each decibel over the noise counts; beyond, none does."""
LEAST = 0.25
"""What the noisiest utterance still counts."""


def weight(quality: Mapping[str, float]) -> float:
    """Return the weight of an utterance from its speech and its distance from the noise.

    What was not measured counts as good.
    """
    speech = min(quality.get("speech_ms", ENOUGH_MS), ENOUGH_MS) / ENOUGH_MS
    snr = min(max(quality.get("snr_db", HIGHEST_DB), LOWEST_DB), HIGHEST_DB)
    clean = LEAST + (1 - LEAST) * (snr - LOWEST_DB) / (HIGHEST_DB - LOWEST_DB)
    return max(speech, LEAST) * clean
