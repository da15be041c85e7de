"""How good a recording is, and in the person's words what would make it better."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.errors import Retry
from contracts.text import Text
from verifiers.voice.audio.speech import Heard
from verifiers.voice.settings import VoiceSettings

SILENT = Text("No speech was heard. Please move closer and speak the whole phrase.")
TOO_SHORT = Text("That was too short. Please speak the whole phrase.")
TOO_QUIET = Text("That was too quiet. Please move closer to the microphone.")
TOO_LOUD = Text("That was too loud. Please move away from the microphone.")


def measure(heard: Heard) -> dict[str, float]:
    """Measure the speech of a recording; of silence there is nothing more to be said."""
    if not heard.milliseconds:
        return {"speech_ms": 0}
    return {
        "speech_ms": heard.milliseconds,
        "level_dbfs": heard.level,
        "clipped": heard.clipped,
    }


def check(measured: Mapping[str, float], settings: VoiceSettings) -> None:
    """Raise Retry, with words that say what to change, where a recording is not good enough."""
    if not measured["speech_ms"]:
        raise Retry(SILENT)
    if measured["clipped"] > settings.max_clipped:
        raise Retry(TOO_LOUD, detail=f"clipped {measured['clipped']:.4f}")
    if measured["level_dbfs"] < settings.min_level_dbfs:
        raise Retry(TOO_QUIET, detail=f"level {measured['level_dbfs']:.1f} dBFS")
    if measured["speech_ms"] < settings.min_speech_ms:
        raise Retry(TOO_SHORT, detail=f"{measured['speech_ms']:.0f} ms of speech")
