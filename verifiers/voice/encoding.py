"""Have a recording encoded by the inference pool."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field

from contracts.factor import Infer

JOB = "voice.encode"


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """What the pool makes of one recording: 192 32-bit floats, and how the recording was.

    `speech_ms` of speech at `level_dbfs`, of which the share `clipped` is at full scale.
    """

    embedding: bytes = field(repr=False)
    speech_ms: int
    level_dbfs: float
    clipped: float

    def dump(self) -> bytes:
        """Write as JSON."""
        return json.dumps(asdict(self) | {"embedding": b64encode(self.embedding).decode()}).encode()


class PooledEncoder:
    """Encodes in the inference pool."""

    def __init__(self, infer: Infer) -> None:
        self._infer = infer

    def encode(self, sample: bytes) -> bytes:
        """Return the embedding of one recording. Raises Retry, BadRequest or Unavailable."""
        return b64decode(json.loads(self._infer(JOB, sample))["embedding"])
