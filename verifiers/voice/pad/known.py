"""Which attacks are known, and how many of each were let pass: the figures that ship."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.abilities import Attack
from contracts.text import Text
from verifiers.voice.settings import DETECTOR, VoiceSettings

WORDS: Mapping[str, Text] = {
    "splicing": Text("Words cut out of recordings of the person and joined in another order"),
    "injection-file": Text("A file of the person's own speech, fed by a virtual microphone"),
    "injection-message": Text("A voice message of the person, fed by a virtual microphone"),
    "replay-loudspeaker": Text("A recording played by a good loudspeaker in a room"),
    "replay-phone": Text("A recording played by a phone that is held to the microphone"),
    "tts-formant": Text("A synthetic voice, by formants"),
    "tts-diphone": Text("A synthetic voice, of joined pieces of one person's recordings"),
    "tts-statistical": Text("A synthetic voice, by statistical models and a vocoder"),
    "tts-vits": Text("A synthetic voice, by a neural network (VITS)"),
    "tts-styletts2": Text("A synthetic voice, by a neural network (StyleTTS 2)"),
    "conversion-lpc": Text("Voice conversion: the person's recording rebuilt by linear prediction"),
    "conversion-mel": Text("Voice conversion: the person's recording rebuilt from a spectrogram"),
    "conversion-shift": Text("Voice conversion: another voice, its pitch and formants moved"),
}


def attacks(settings: VoiceSettings) -> Sequence[Attack]:
    """Return what passes, worst first: at most, where the threshold is stricter than measured.

    All of it where the detector that ships is switched off, or asked to let more pass than was
    measured. Rates are of kinds that it had never heard, as the next attack will be.
    """
    shipped = json.loads(DETECTOR.read_text("utf-8"))
    found = [_attack(name, each["apcer_left_out"]) for name, each in shipped["species"].items()]
    if not settings.pad or settings.pad_threshold < shipped["point"]["threshold"]:
        found = [replace(each, passed=1.0, upper=1.0) for each in found]
    return sorted(found, key=lambda each: -each.passed)


def _attack(name: str, apcer: Mapping[str, Any]) -> Attack:
    return Attack(name, WORDS[name], apcer["rate"], apcer["upper"], apcer["trials"])
