"""What every room of the web application is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.clock import Clock
from contracts.factor import Factor, Infer
from gateway.browser import Browser
from gateway.settings import Settings
from store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What a deployment is: its settings, where it keeps things, what people prove.

    `factors` are in use; `known_factors` are those that are switched off too.
    """

    settings: Settings
    store: Store
    clock: Clock
    factors: Mapping[str, Factor]
    known_factors: Mapping[str, Factor]
    browser: Browser
    infer: Infer
