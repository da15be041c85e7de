"""The recordings that a person gave in the last days: nobody can give them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from verifiers.voice.challenge.replays import Print, Sought
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Seen, Voiceprint

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day(now: datetime) -> int:
    """Return the number of a day since 1970-01-01."""
    return (now - EPOCH).days


def alike(one: bytes, other: bytes, settings: VoiceSettings) -> bool:
    """Tell whether two fingerprints are of one signal; of no signal, never."""
    return among(one, [other], settings)


def among(fingerprint: bytes, others: Iterable[bytes], settings: VoiceSettings) -> bool:
    """Tell whether one of the others is of the same signal."""
    sought = Sought(fingerprint)
    return any(sought.distance(Print(each)) <= settings.replay_distance for each in others)


def replayed(
    voiceprint: Voiceprint, fingerprint: bytes, today: int, settings: VoiceSettings
) -> bool:
    """Tell whether a recording was given before, and not too long ago."""
    recent = (each for each in voiceprint.seen if today - each.day <= settings.replay_days)
    return among(fingerprint, (each.fingerprint for each in recent), settings)


def noted(
    voiceprint: Voiceprint, fingerprint: bytes, today: int, settings: VoiceSettings
) -> Voiceprint:
    """Remember one recording more; the oldest go, and those that were given too long ago."""
    return _kept(voiceprint, [*voiceprint.seen, Seen(fingerprint, today)], today, settings)


def joined(
    voiceprint: Voiceprint, before: Sequence[Seen], today: int, settings: VoiceSettings
) -> Voiceprint:
    """Remember what was given before the recordings that a voiceprint knows itself."""
    return _kept(voiceprint, [*before, *voiceprint.seen], today, settings)


def _kept(
    voiceprint: Voiceprint, known: Sequence[Seen], today: int, settings: VoiceSettings
) -> Voiceprint:
    recent = [each for each in known if today - each.day <= settings.replay_days]
    return replace(voiceprint, seen=tuple(recent[-settings.replay_recordings :]))
