"""When an answer was spoken: after it was asked for, and at a speed at which people speak."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from verifiers.voice.challenge.digits import Prompted
from verifiers.voice.settings import VoiceSettings

LATE = "answered too late"
OLDER = "recorded before it was asked for"
EARLY = "spoken before the first digit was shown"
FAST = "spoken faster than people speak"


def untimely(
    prompted: Prompted, milliseconds: float, now: datetime, settings: VoiceSettings
) -> str:
    """Say why a recording of that length cannot be the answer; nothing where it can."""
    passed = (now - prompted.issued).total_seconds()
    if passed > settings.challenge_seconds:
        return LATE
    return OLDER if milliseconds > 1000 * passed else ""


def unspoken(
    prompted: Prompted, quality: Mapping[str, float], settings: VoiceSettings, *, forwarded: bool
) -> str:
    """Say why nobody can have said these digits so; nothing where somebody can.

    Where a recording was forwarded, the page that showed the digits did not begin it.
    """
    if quality["speech_ms"] < settings.challenge_digit_ms * len(prompted.digits):
        return FAST
    early = quality.get("onset_ms", 0.0) < settings.challenge_onset_ms
    return EARLY if early and not forwarded else ""
