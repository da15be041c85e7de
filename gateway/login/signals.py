"""What is unusual about a login, and what is asked for it: a pure table. It only ever raises."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from gateway import policy
from gateway.policy import Acr


class Signal(StrEnum):
    """Something that is unusual about a login."""

    NEW_DEVICE = "new_device"
    TRAVEL = "impossible_travel"
    SPRAY = "password_spray"


WANTED = {Signal.NEW_DEVICE: "mfa", Signal.SPRAY: "mfa", Signal.TRAVEL: "aal2"}
"""The level that each wants by itself."""

SEVERAL = "aal2"
"""The level that two of them want together."""


def wanted(signals: Collection[str]) -> Acr | None:
    """Return the level that these signals want; None where nothing is unusual."""
    if not signals:
        return None
    if len(signals) > 1:
        return Acr(SEVERAL)
    (only,) = signals
    return Acr(WANTED[Signal(only)])


def raised(signals: Collection[str], held: Acr) -> Acr | None:
    """Return the level to ask for: the wanted one, or else the highest below it that is held."""
    most = wanted(signals)
    if most is None:
        return None
    levels = [Acr(level) for level in policy.ORDER[: most.rank + 1]]
    return next((level for level in reversed(levels) if held.satisfies(level)), None)
