"""How a call goes, as the store keeps it between two segments."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from contracts.assurance import AuthEvent
from store.encoding import dump_events, load_events


@dataclass(frozen=True, slots=True)
class Going:
    """How a call goes: what was measured, of which login it is, what it has proven."""

    login: str = field(repr=False)
    heard: bytes = field(default=b"", repr=False)
    segments: int = 0
    proof: AuthEvent | None = None

    def dump(self) -> Mapping[str, Any]:
        """Return the JSON form; the store seals it."""
        return {
            "login": self.login,
            "heard": b64encode(self.heard).decode(),
            "segments": self.segments,
            "proof": dump_events([self.proof]) if self.proof else [],
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Self:
        """Read what `dump` wrote."""
        proofs = load_events(state["proof"])
        proof = proofs[0] if proofs else None
        return cls(state["login"], b64decode(state["heard"]), state["segments"], proof)
