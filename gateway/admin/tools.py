"""What operations are carried out with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.clock import Clock
from contracts.factor import Factor
from gateway.changes import Changes
from gateway.notices import Notices
from gateway.recovery.service import Recoveries
from gateway.settings import Settings
from store import Store


@dataclass(frozen=True, slots=True)
class Tools:
    """The deployment, and the services that people's own pages use too.

    `factors` are in use; `known_factors` are those that are switched off too.
    """

    settings: Settings
    store: Store
    clock: Clock
    factors: Mapping[str, Factor]
    known_factors: Mapping[str, Factor]
    notices: Notices
    changes: Changes
    recoveries: Recoveries
