"""What a sign-up shows next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.text import Text
from enrollment.outcomes import Asked

STEPS = 4
"""An address, its code, a name with a way to log in, and that way itself."""


@dataclass(frozen=True, slots=True)
class Way:
    """A factor to begin with."""

    factor: str
    title: Text


@dataclass(frozen=True, slots=True)
class Naming:
    """The choice of a name and of a first way to log in."""

    name: str
    ways: Sequence[Way]
    error: Text | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing was shown yet: the sign-up begins anew."""

    go: str


@dataclass(frozen=True, slots=True)
class Registered:
    """There is an account, and a login goes on with it."""

    go: str


Step = Asked | Naming | Again | Registered
"""One page of a sign-up, or its end."""
