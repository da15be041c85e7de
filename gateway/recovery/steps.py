"""What a recovery shows next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.text import Text
from enrollment.outcomes import Asked
from gateway.login.plan import Offer


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be shown now; before the `first` proof it is the same for everybody."""

    offers: Sequence[Offer]
    first: bool
    error: Text | None = None
    status: int = 200
    retry_after: int = 0

    @property
    def waits(self) -> dict[str, str]:
        """The header that says how long to wait, where there is one."""
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}


@dataclass(frozen=True, slots=True)
class Started:
    """The wait has begun; whoever holds the code goes on once it is over."""

    code: str = field(repr=False)
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A code that claims a recovery, before its time."""

    ready_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A recovery that this browser goes on with."""

    handle: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Replace:
    """What can be added in the place of what was lost."""

    offers: Sequence[Offer]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A new factor was added, and all sessions are over."""


Walked = Ways | Asked | Started
Claimed = Replace | Asked | Recovered
