"""Encode the recordings of a manifest with the engine that the inference pool runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from contracts.errors import BadRequest, GatehouseError, Misconfigured, Retry
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import Condition, chained, conditions
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.recording import load
from gateway.evaluation.unfinished import Unfinished
from gateway.progress import Progress
from verifiers.voice import correction, engines
from verifiers.voice.arrays import unit
from verifiers.voice.audio.speech import Speech
from verifiers.voice.channels import TELEPHONE
from verifiers.voice.correction import Correction
from verifiers.voice.job import Listen
from verifiers.voice.projection import Projection
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance as Heard

VOICES = 16
"""How many people's first recordings the babble is made of."""
CLEAN = "clean"
LIMITS = {
    "min_speech_ms", "min_level_dbfs", "max_clipped", "min_snr_db", "min_bandwidth_hz",
    "wide_bandwidth_hz",
}  # fmt: skip
"""The settings that an utterance, or that there is none, depends on."""


class Listening(Protocol):
    """What makes an utterance of a waveform, as the pool does but for what corrects telephones.

    `engine` is the format of its embeddings, `identity` names all that they depend on.
    """

    engine: str
    identity: str

    @property
    def correction(self) -> Correction | None:
        """What the pool corrects telephone embeddings by. Raises Misconfigured."""
        ...

    def utterance(self, waveform: Waveform) -> Heard:
        """Measure and encode speech (samples,) at 16 kHz. Raises Retry where it is poor."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that was turned away: `reason` for machines, `words` for people."""

    utterance: Utterance
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """The recordings that could be encoded, and why the others could not.

    `embeddings` (recordings, dimension) are of unit length, `channels` as the pool found them.
    """

    utterances: list[Utterance]
    embeddings: NDArray[np.float32]
    channels: Sequence[str]
    failures: list[Failure]

    def corrected(self, projection: Projection | None) -> Encoded:
        """Correct the embeddings that came over a telephone."""
        rows = np.array(self.channels) == TELEPHONE
        if projection is None or not rows.any():
            return self
        embeddings = self.embeddings.copy()
        embeddings[rows] = projection(embeddings[rows])
        return replace(self, embeddings=embeddings)


class Pooled:
    """Listens like a process of the pool, in this one, and corrects nothing.

    Raises Misconfigured without the models.
    """

    def __init__(self, engine: str = "") -> None:
        settings = VoiceSettings.load()
        network = engines.load(engine or settings.engine)
        self._listen = Listen(Speech(), network, settings, corrected=False)
        self.engine = network.format
        self.identity = f"{network.format} uncorrected {settings.model_dump_json(include=LIMITS)}"

    @cached_property
    def correction(self) -> Correction | None:
        """What the pool corrects telephone embeddings by. Raises Misconfigured."""
        return correction.of(self.engine)

    def utterance(self, waveform: Waveform) -> Heard:
        """Measure and encode speech (samples,) at 16 kHz. Raises Retry where it is poor."""
        return self._listen.utterance(waveform)


class Encoder:
    """Encodes all recordings of one evaluation, under one condition after the other."""

    def __init__(
        self,
        utterances: Sequence[Utterance],
        progress: Progress,
        unfinished: Unfinished | None = None,
        seed: int = 1,
    ) -> None:
        self._utterances = utterances
        self._progress = progress
        self._unfinished = unfinished
        self._seed = seed
        self._voices: dict[str, Waveform] = {}

    def among(self, utterances: Sequence[Utterance]) -> Encoder:
        """Return one for other recordings, that knows what was encoded already."""
        return Encoder(utterances, self._progress, self._unfinished, self._seed)

    def encode(self, listening: Listening, condition: str = CLEAN, label: str = "") -> Encoded:
        """Encode every recording as it sounds under a condition, several joined by a plus."""
        heard: list[tuple[Utterance, Heard]] = []
        failures: list[Failure] = []
        for number, utterance in enumerate(self._utterances, start=1):
            found = self._one(listening, condition, utterance)
            if isinstance(found, Failure):
                failures.append(found)
            else:
                heard.append((utterance, found))
            self._progress(label or f"Encoding, {condition}", number, len(self._utterances))
        return _encoded(heard, failures)

    def _one(self, listening: Listening, condition: str, utterance: Utterance) -> Heard | Failure:
        """Encode one recording, or look up what an earlier run made of it."""
        key = self._key(listening, condition, utterance)
        kept = self._unfinished.get(key) if self._unfinished else None
        if kept:
            data, failed = kept
            return Failure(utterance, **failed) if failed else Heard.load(data)
        found = self._listened(listening, condition, utterance)
        if self._unfinished and isinstance(found, Failure):
            self._unfinished.add(key, b"", reason=found.reason, words=found.words)
        elif self._unfinished and isinstance(found, Heard):
            self._unfinished.add(key, found.dump())
        return found

    def _listened(
        self, listening: Listening, condition: str, utterance: Utterance
    ) -> Heard | Failure:
        """Put a recording through the condition, by chance that is its own, and listen to it."""
        try:
            waveform = load(utterance.path)
            changed = self._condition(condition, utterance)(
                waveform, np.random.default_rng(self._chance(condition, utterance))
            )
            return listening.utterance(changed)
        except (Retry, BadRequest) as error:
            return Failure(utterance, reason(error), str(error.public))

    def _condition(self, name: str, utterance: Utterance) -> Condition:
        """Find a condition by its name. Raises Misconfigured."""
        known = conditions(self._others(utterance.subject) if "babble" in name else [])
        steps = name.split("+")
        if unknown := set(steps) - set(known):
            wrong = ", ".join(sorted(unknown))
            raise Misconfigured(detail=f"there is no condition {wrong}, but {', '.join(known)}")
        return chained([known[step] for step in steps])

    def _others(self, subject: str) -> list[Waveform]:
        """Return voices of other people, one recording each."""
        for each in self._utterances:
            if len(self._voices) > VOICES:
                break
            if each.subject not in self._voices and each.path.is_file():
                self._voices[each.subject] = load(each.path)
        return [voice for name, voice in self._voices.items() if name != subject]

    def _key(self, listening: Listening, condition: str, utterance: Utterance) -> str:
        """Name a result by all it depends on: the file itself, engine, limits and condition."""
        names = [each.name for each in self._utterances] if "babble" in condition else []
        context = [listening.identity, condition, self._seed, utterance.name, names]
        return sha256(_content(utterance.path) + json.dumps(context).encode()).hexdigest()

    def _chance(self, condition: str, utterance: Utterance) -> int:
        """Return a seed that is the same whatever was encoded before."""
        named = f"{self._seed}|{condition}|{utterance.name}"
        return int.from_bytes(sha256(named.encode()).digest()[:8])


def encode(utterances: Sequence[Utterance], progress: Progress) -> Encoded:
    """Encode recordings as they are, as the pool does. Raises Misconfigured without models."""
    listening = Pooled()
    return Encoder(utterances, progress).encode(listening).corrected(shipped(listening))


def shipped(listening: Listening) -> Projection | None:
    """Return what the pool corrects by. Raises Misconfigured."""
    return Projection.by(listening.correction) if listening.correction else None


def reason(error: GatehouseError) -> str:
    """Name why a recording was turned away, for machines."""
    return error.reason or error.code


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _encoded(heard: list[tuple[Utterance, Heard]], failures: list[Failure]) -> Encoded:
    rows = [np.frombuffer(each.embedding, "<f4") for _, each in heard]
    matrix = np.array(rows, np.float32).reshape(len(rows), -1)
    channels = [each.channel for _, each in heard]
    return Encoded([each for each, _ in heard], unit(matrix), channels, failures)
