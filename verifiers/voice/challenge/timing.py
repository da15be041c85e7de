"""When an answer was spoken: after it was asked for, and at a speed at which people speak."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from verifiers.voice.challenge.digits import Prompted
from verifiers.voice.settings import VoiceSettings

OLDER = "recorded before it was asked for"
EARLY = "spoken before the first digit was shown"
FAST = "spoken faster than people speak"
MORE = "more was spoken than the digits"


def older(prompted: Prompted, milliseconds: float, now: datetime) -> bool:
    """Tell whether a recording of that length was begun before its digits were there."""
    return milliseconds > 1000 * (now - prompted.issued).total_seconds()


def unspoken(
    prompted: Prompted, quality: Mapping[str, float], settings: VoiceSettings, *, forwarded: bool
) -> str:
    """Say why nobody can have said these digits so; nothing where somebody can.

    Where a recording was forwarded, the page that showed the digits did not begin it.
    """
    if quality["speech_ms"] < settings.challenge_digit_ms * len(prompted.digits):
        return FAST
    if quality["speech_ms"] > settings.challenge_digit_most_ms * len(prompted.digits):
        return MORE
    early = quality.get("onset_ms", 0.0) < settings.challenge_onset_ms
    return EARLY if early and not forwarded else ""
