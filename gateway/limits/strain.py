"""How strained the house is: what was counted of a network and of all, against what it bears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from gateway.addresses import network
from store import Transaction

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
EVERYWHERE = "names"
HASHINGS = "hashings"
EASY = 5
"""A network may be wrong a fifth as often as it may at all before it is asked for work."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the house bears: wrong answers and wrong names of a network an hour, ...

    ... wrong names of all networks an hour, and passwords hashed a minute.
    """

    wrong: int
    names: int
    names_everywhere: int
    hashings: int
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Strain:
    """What was counted so far, in the windows that run."""

    wrong: int = 0
    names: int = 0
    names_everywhere: int = 0
    hashings: int = 0

    def load(self, bounds: Bounds) -> float:
        """Return how much of what it bears the house is at: at 1 it begins to ask for work."""
        return max(
            self.wrong * EASY / bounds.wrong,
            self.names / bounds.names,
            self.names_everywhere / bounds.names_everywhere,
            self.hashings / bounds.hashings,
        )

    def spray(self, bounds: Bounds) -> bool:
        """Whether somebody tries many names: from this network, or from many."""
        here, everywhere = self.names, self.names_everywhere
        return here >= bounds.names or everywhere >= bounds.names_everywhere


def read(tx: Transaction, address: str) -> Strain:
    """Read what was counted of the network of an address, and of all."""
    return Strain(*tx.limits.hits([wrong(address), names(address), EVERYWHERE, HASHINGS]))


def blame(tx: Transaction, address: str, *, first: bool, bounds: Bounds) -> None:
    """Count a wrong answer for the network it came from; `first`: the first one for its name."""
    for key, bound in _blamed(address, bounds, first=first):
        if tx.limits.count(key, HOUR) == bound:
            detail = {"limit": key.partition(":")[0], "most": bound}
            tx.audit.add("limit.reached", source=address, detail=detail)


def hashed(tx: Transaction, bounds: Bounds) -> None:
    """Count a password that is hashed."""
    if tx.limits.count(HASHINGS, MINUTE) == bounds.hashings:
        tx.audit.add("limit.reached", detail={"limit": HASHINGS, "most": bounds.hashings})


def wrong(address: str) -> str:
    """Name the counter of a network's wrong answers."""
    return f"source:{network(address)}"


def names(address: str) -> str:
    """Name the counter of the names that a network was wrong about."""
    return f"names:{network(address)}"


def _blamed(address: str, bounds: Bounds, *, first: bool) -> Iterator[tuple[str, int]]:
    yield wrong(address), bounds.wrong
    if first:
        yield names(address), bounds.names
        yield EVERYWHERE, bounds.names_everywhere
