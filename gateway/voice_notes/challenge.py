"""What a login waits for that is answered in a chat, as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from contracts.assurance import AuthEvent
from contracts.text import Text
from enrollment.outcomes import Asked
from store.encoding import dump_events, load_events

KEPT = timedelta(minutes=10)
"""How long what became of it is kept for the browser; its login may be over before."""


class Status(StrEnum):
    """Where it stands."""

    OPEN = "open"
    AGAIN = "again"
    REFUSED = "refused"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Said:
    """A challenge in a chat: what is to be said there by when, and what came of it.

    `ceremony` is the handle of the ceremony that it is the question of, `sample` the name of what
    it asks for, `asked` its options.
    """

    ceremony: str = field(repr=False)
    sample: str
    asked: Mapping[str, Any] = field(repr=False)
    until: datetime
    status: Status = Status.OPEN
    error: Text | None = None
    proof: AuthEvent | None = None

    @property
    def words(self) -> Sequence[str]:
        """What is to be said: digits one after the other."""
        return list(self.asked["digits"])

    @property
    def unanswered(self) -> bool:
        """Whether nothing was judged yet that came from the chat."""
        return self.status in {Status.OPEN, Status.AGAIN}

    def dump(self) -> Mapping[str, Any]:
        """Return the JSON form."""
        error = self.error
        return {
            "ceremony": self.ceremony,
            "sample": self.sample,
            "asked": dict(self.asked),
            "until": self.until.isoformat(),
            "status": self.status.value,
            "error": [error.message, dict(error.values), error.plural] if error else None,
            "proof": dump_events([self.proof]) if self.proof else [],
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Self:
        """Read what `dump` wrote."""
        proofs, error = load_events(state["proof"]), state["error"]
        return cls(
            ceremony=state["ceremony"],
            sample=state["sample"],
            asked=state["asked"],
            until=datetime.fromisoformat(state["until"]),
            status=Status(state["status"]),
            error=Text(*error) if error else None,
            proof=proofs[0] if proofs else None,
        )


def asked_at(now: datetime, asked: Asked, status: Status = Status.OPEN) -> Said:
    """Return the challenge that a ceremony asks now."""
    [ask] = asked.asks
    until = now + timedelta(seconds=ask.options["seconds"])
    return Said(asked.handle, ask.name, ask.options, until, status, asked.error)
