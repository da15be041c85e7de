"""What an acr name promises: one pure table from the proofs of a login to its level.

`aal1` `aal2` `aal3` mean what NIST SP 800-63B-4 says; `mfa` is ours; `phr` and `phrh` are those of
OpenID EAP. `aal3` and `phrh` need the verified attestation of a model that is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeVar

from contracts.assurance import AuthEvent
from contracts.factor import Channel, Kind

ORDER = ("aal1", "mfa", "aal2", "phr", "aal3")
ISSUED = ("aal1", "mfa", "aal2", "phr")
"""The levels that can always be reached, without their biometrics."""

ATTESTED = ("aal3", "phrh")
"""The levels that need a model of authenticator that is allowed and known to sign for itself."""

SAME = {"phrh": "aal3"}
SERVER_COMPARED = frozenset({Kind.INHERENCE})
REFUSED_BY_NIST = "vbm"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Acr:
    """A parsed acr name: its level and the fresh biometrics asked on top (`mfa+voice`)."""

    level: str
    biometrics: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return "+".join([self.level, *sorted(self.biometrics)])

    @property
    def rank(self) -> int:
        """Place of the level in the order; -1 for none."""
        return ORDER.index(self.level) if self.level in ORDER else -1

    def satisfies(self, wanted: Acr) -> bool:
        """Whether this promise includes the wanted one."""
        return 0 <= wanted.rank <= self.rank and wanted.biometrics <= self.biometrics


def parse(name: str) -> Acr:
    """Parse an acr name; a name that is not ours is never satisfied."""
    level, *biometrics = name.split("+")
    return Acr(SAME.get(level, level), frozenset(biometrics))


def satisfies(reached: str, wanted: str) -> bool:
    """Whether one acr name includes another: the higher satisfies the lower, suffixes kept."""
    return parse(reached).satisfies(parse(wanted))


def known(name: str) -> bool:
    """Whether an acr name is one of ours, its biometrics aside."""
    return parse(name).rank >= 0


def issued(prospects: Collection[AuthEvent]) -> tuple[str, ...]:
    """Return the levels that can be reached with what people may enrol here."""
    return (*ISSUED, *ATTESTED) if _aal3(prospects) else ISSUED


def reach(events: Sequence[AuthEvent], now: datetime, fresh: timedelta) -> Acr:
    """Derive what these proofs amount to, `phr` included."""
    reached = level(events)
    if not level(anew(events)).satisfies(Acr("mfa")):
        return reached
    return Acr(
        reached.level,
        frozenset(e.factor for e in events if compared_here(e) and e.at >= now - fresh),
    )


def level(events: Collection[AuthEvent]) -> Acr:
    """Derive the level; none for a biometric, an e-mail code or a short password alone.

    What a browser remembers counts for `mfa` and for nothing else, what a client handed on for
    nothing.
    """
    events = [event for event in events if not event.proof.forwarded]
    shown = anew(events)
    held = (name for name, holds in LEVELS if holds(events if name == "mfa" else shown))
    return Acr(next(held, ""))


def anew(events: Iterable[AuthEvent]) -> list[AuthEvent]:
    """Keep what the person showed: a remembered device shows only that they did so before."""
    return [event for event in events if not event.proof.remembered]


def label(reached: Acr) -> str:
    """Name the level for a client that asked for nothing: `phr` is told only when asked."""
    return str(Acr("aal2" if reached.level == "phr" else reached.level, reached.biometrics))


def choose(reached: Acr, acr_values: Sequence[str], required: str) -> str:
    """Pick the acr to issue: the first asked one that holds, else the highest reached."""
    floor = parse(required)
    for name in acr_values:
        if reached.satisfies(parse(name)) and parse(name).satisfies(floor):
            return name
    if reached.satisfies(floor) and not satisfies(label(reached), required):
        return required
    return label(reached)


def amr(events: Iterable[AuthEvent], reached: Acr) -> tuple[str, ...]:
    """List the methods used (RFC 8176), `mfa` added where the level holds it."""
    methods = {value for event in events for value in event.amr}
    return tuple(sorted(methods | ({"mfa"} if reached.satisfies(Acr("mfa")) else set())))


def auth_time(
    events: Sequence[AuthEvent], acr: str, now: datetime, fresh: timedelta
) -> datetime | None:
    """Return when the promise was complete: the oldest proof it cannot do without."""
    newest = sorted(events, key=lambda event: event.at, reverse=True)
    for count in range(1, len(newest) + 1):
        if reach(newest[:count], now, fresh).satisfies(parse(acr)):
            return newest[count - 1].at
    return None


def useful(
    prospects: Sequence[tuple[T, AuthEvent]],
    events: Sequence[AuthEvent],
    reached: Callable[[Sequence[AuthEvent]], bool],
) -> list[T]:
    """Return the prospects without which some way to the goal would fail, at most three long."""
    found: list[T] = []
    for size in range(1, min(3, len(prospects)) + 1):
        for way in combinations(prospects, size):
            if _minimal(events, [event for _, event in way], reached):
                found += [choice for choice, _ in way if choice not in found]
    return found


def _minimal(
    events: Sequence[AuthEvent],
    way: Sequence[AuthEvent],
    reached: Callable[[Sequence[AuthEvent]], bool],
) -> bool:
    return reached([*events, *way]) and not any(
        reached([*events, *way[:skip], *way[skip + 1 :]]) for skip in range(len(way))
    )


def compared_here(event: AuthEvent) -> bool:
    """Whether this proof is a biometric that the server compared, and nothing more."""
    return event.kinds == SERVER_COMPARED


def _by_mail(event: AuthEvent) -> bool:
    return event.proof.address_code is Channel.EMAIL


def _kinds(events: Iterable[AuthEvent]) -> frozenset[Kind]:
    return frozenset(kind for event in events for kind in event.kinds)


def _aal1(events: Collection[AuthEvent]) -> bool:
    return any(
        event.proof.alone and not compared_here(event) and not _by_mail(event) for event in events
    )


def _mfa(events: Collection[AuthEvent]) -> bool:
    kinds, shown = _kinds(events), _kinds(anew(events))
    return Kind.POSSESSION in kinds and len(kinds) > 1 and not shown <= SERVER_COMPARED


def _aal2(events: Collection[AuthEvent]) -> bool:
    return _mfa([e for e in events if not _by_mail(e) and REFUSED_BY_NIST not in e.amr])


def _phr(events: Collection[AuthEvent]) -> bool:
    return any(e.proof.phishing_resistant and e.proof.user_verified for e in events)


def _aal3(events: Collection[AuthEvent]) -> bool:
    return any(
        e.proof.phishing_resistant
        and e.proof.user_verified
        and e.proof.device_bound
        and e.proof.attested
        for e in events
    )


LEVELS: tuple[tuple[str, Callable[[Collection[AuthEvent]], bool]], ...] = (
    ("aal3", _aal3),
    ("phr", _phr),
    ("aal2", _aal2),
    ("mfa", _mfa),
    ("aal1", _aal1),
)
"""The table, strongest first."""
