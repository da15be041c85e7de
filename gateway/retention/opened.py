"""How the work of deleting is put together."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.clock import Clock
from contracts.factor import Factor
from gateway.account.leaving import Leaving
from gateway.changes import Changes
from gateway.lockout import Lockout
from gateway.notices import Notices
from gateway.opening import known_factors
from gateway.retention.deleting import Retention
from gateway.retention.sweeps import Accounts, History, Templates
from gateway.settings import Settings
from store import Store
from web.pages import translate_into


def open_retention(store: Store, clock: Clock, settings: Settings) -> Retention:
    """Build it for a process that serves no pages."""
    factors = known_factors(settings, store, clock)
    return make_retention(store, clock, settings, factors, Notices(factors, translate_into, clock))


def make_retention(
    store: Store,
    clock: Clock,
    settings: Settings,
    factors: Mapping[str, Factor],
    notices: Notices,
) -> Retention:
    """Build it; `factors` are those too that are switched off: what was measured is kept still."""
    changes = Changes(factors, notices, service=settings.service_name, issuer=settings.issuer)
    leaving = Leaving(settings, store, clock, notices, Lockout(factors, clock))
    return Retention(
        store,
        clock,
        [
            Templates(store, clock, factors, changes.made, settings.template_idle_days),
            Accounts(store, clock, leaving, settings.account_idle_days),
            History(store, clock, settings.history_days),
        ],
    )
