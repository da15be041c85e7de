"""What the server remembers between the three recordings of one enrolment."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

UTTERANCES = 3
PHRASES: tuple[str, ...] = tuple(
    json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The phrases to speak, the embeddings so far, and a digest of each recording."""

    phrases: tuple[str, ...]
    embeddings: tuple[bytes, ...] = ()
    digests: tuple[str, ...] = ()

    @classmethod
    def begin(cls) -> Self:
        """Choose different phrases at random."""
        return cls(tuple(secrets.SystemRandom().sample(PHRASES, UTTERANCES)))

    @classmethod
    def load(cls, secret: bytes) -> Self:
        """Read what `dump` wrote."""
        state = json.loads(secret)
        embeddings = tuple(map(b64decode, state["embeddings"]))
        return cls(tuple(state["phrases"]), embeddings, tuple(state["digests"]))

    def dump(self) -> bytes:
        """Write the state as JSON; the runner keeps it encrypted."""
        return json.dumps(
            {
                "phrases": self.phrases,
                "embeddings": [b64encode(each).decode() for each in self.embeddings],
                "digests": self.digests,
            }
        ).encode()

    def heard(self, samples: memoryview) -> bool:
        """Tell whether this very signal was given before."""
        return digest(samples) in self.digests

    def add(self, embedding: bytes, samples: memoryview) -> Self:
        """Return the state with one more recording."""
        return replace(
            self,
            embeddings=(*self.embeddings, embedding),
            digests=(*self.digests, digest(samples)),
        )

    @property
    def step(self) -> int:
        """Number of the recording to make next, from 1."""
        return len(self.embeddings) + 1

    @property
    def complete(self) -> bool:
        """Whether all recordings are made."""
        return len(self.embeddings) == UTTERANCES

    @property
    def phrase(self) -> str:
        """The phrase to speak next."""
        return self.phrases[len(self.embeddings)]


def digest(samples: memoryview) -> str:
    """Return the SHA-256 of a decoded signal, whatever its file looked like."""
    return hashlib.sha256(samples).hexdigest()
