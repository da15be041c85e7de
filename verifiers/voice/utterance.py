"""What the inference pool makes of one recording, and how a web worker asks for it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol, Self

from contracts.factor import Infer
from verifiers.voice.channels import WIDE, Channel

LISTEN = "voice.listen"
"""The job of the pool that makes an utterance of a recording."""
RECOGNISE = "voice.recognise"
"""The job of the pool that recognises the digits of a recording."""
ALONE = "voice.alone"
"""The job of the pool that hears whether one voice speaks in a recording, or two."""
DECODE = "voice.decode"
"""The job of the pool that makes WAV of what messengers and telephones send."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording, measured.

    `embedding` are little-endian 32-bit floats of the `engine`, which is named with its version.
    `quality` holds what was measured of the signal, by name.
    `attack` is by how much it passes the detection of presentation attacks: below 0 one is
    suspected; None where nothing detects them.
    `fingerprint` is alike for the same signal however its file looks. `parts` are the embeddings
    of one part of the speech after the other, where there is enough of it for several.
    """

    embedding: bytes = field(repr=False)
    engine: str
    channel: Channel = WIDE
    quality: Mapping[str, float] = field(default_factory=dict)
    attack: float | None = None
    fingerprint: bytes = field(default=b"", repr=False)
    parts: tuple[bytes, ...] = field(default=(), repr=False)

    def dump(self) -> bytes:
        """Write as JSON."""
        packed = {name: b64encode(getattr(self, name)).decode() for name in BYTES}
        parts = [b64encode(part).decode() for part in self.parts]
        return json.dumps(asdict(self) | packed | {"parts": parts}).encode()

    @classmethod
    def load(cls, data: bytes) -> Self:
        """Read what `dump` wrote."""
        fields = json.loads(data)
        parts = tuple(map(b64decode, fields["parts"]))
        return cls(**fields | {name: b64decode(fields[name]) for name in BYTES} | {"parts": parts})


BYTES = ("embedding", "fingerprint")


class Ears(Protocol):
    """What listens to recordings, outside the process of a web worker."""

    def listen(self, recording: bytes) -> Utterance:
        """Measure one WAV recording. Raises Retry, BadRequest or Unavailable."""
        ...

    def alone(self, recording: bytes) -> None:
        """Raise Retry where a second voice speaks in a recording; BadRequest or Unavailable."""
        ...

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        """Return the digits that are said in it. Raises BadRequest or Unavailable."""
        ...


class PooledEars:
    """Listens in the inference pool."""

    def __init__(self, infer: Infer) -> None:
        self._infer = infer

    def listen(self, recording: bytes) -> Utterance:
        """Measure one WAV recording. Raises Retry, BadRequest or Unavailable."""
        return Utterance.load(self._infer(LISTEN, recording))

    def alone(self, recording: bytes) -> None:
        """Raise Retry where a second voice speaks in a recording; BadRequest or Unavailable."""
        self._infer(ALONE, recording)

    def words(self, recording: bytes, language: str) -> tuple[str, ...]:
        """Return the digits that are said in it. Raises BadRequest or Unavailable."""
        said = self._infer(RECOGNISE, language.encode() + b"\n" + recording)
        return tuple(said.decode().split())
