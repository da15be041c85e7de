"""What a calibration or a cohort is made of, and encoding that on both channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import Misconfigured
from gateway.evaluation import manifest
from gateway.evaluation.encode import CLEAN, Encoded, Encoder, Listening, Pooled
from gateway.evaluation.manifest import Utterance, Where
from gateway.progress import Progress
from verifiers.voice import engines
from verifiers.voice.channels import TELEPHONE, WIDE
from verifiers.voice.settings import VoiceSettings

SOUNDS: Mapping[str, str] = {WIDE: CLEAN, TELEPHONE: "telephone"}
"""How recordings are made to sound on each channel."""


@dataclass(frozen=True, slots=True)
class Order:
    """A manifest, which of its rows, the engine; `collection` is a column, empty for none.

    `command` and `date` are written into what is made.
    """

    manifest: Path
    root: Path
    where: tuple[Where, ...]
    command: str
    date: str
    seed: int
    engine: str = ""
    collection: str = ""
    cohort: Path | None = None

    @property
    def format(self) -> str:
        """What the engine makes: its name and version."""
        return engines.described(self.engine or VoiceSettings.load().engine).format

    def utterances(self) -> list[Utterance]:
        """Read the manifest. Raises Misconfigured."""
        needed = [self.collection] if self.collection else []
        return manifest.read(self.manifest, self.root, self.where, needed)

    def pooled(self) -> Listening:
        """Load the engine. Raises Misconfigured without its models."""
        return Pooled(self.engine)


def encode(order: Order, progress: Progress, listening: Listening) -> dict[str, Encoded]:
    """Encode all recordings of an order on both channels. Raises Misconfigured."""
    return both(Encoder(order.utterances(), progress, seed=order.seed), listening)


def both(encoder: Encoder, listening: Listening) -> dict[str, Encoded]:
    """Encode on both channels; what is taken for the other channel is left out.

    Raises Misconfigured where nothing is left.
    """
    return {
        channel: _taken(encoder.encode(listening, sound), channel)
        for channel, sound in SOUNDS.items()
    }


def _taken(encoded: Encoded, channel: str) -> Encoded:
    """Keep what the pool takes for this channel. Raises Misconfigured where nothing is left."""
    rows = [number for number, each in enumerate(encoded.channels) if each == channel]
    if not rows:
        raise Misconfigured(detail=f"none of the recordings is {channel}")
    kept = [encoded.utterances[row] for row in rows]
    return Encoded(kept, encoded.embeddings[rows], [channel] * len(rows), encoded.failures)
