"""Recoveries for whoever serves no pages: the worker and the commands of operators."""

from __future__ import annotations

from contracts.clock import Clock
from gateway.notices import Notices
from gateway.opening import known_factors
from gateway.recovery.letters import Letters
from gateway.recovery.service import Recoveries
from gateway.settings import Settings
from store import Store
from web.pages import translate_into


def open_recoveries(store: Store, settings: Settings, clock: Clock) -> Recoveries:
    """Build what starts, stops and reminds of recoveries."""
    notices = Notices(known_factors(settings, store, clock), translate_into, clock)
    return make_recoveries(store, settings, clock, notices)


def make_recoveries(store: Store, settings: Settings, clock: Clock, notices: Notices) -> Recoveries:
    """Build it upon what tells people."""
    letters = Letters(settings.service_name, settings.issuer)
    return Recoveries(store, clock, notices, letters, settings.recovery_wait)
