"""How the room of recoveries is built."""

from __future__ import annotations

from flask import Blueprint

from enrollment.blind import Blind
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Rules
from gateway.limits.room import demand
from gateway.limits.strain import EASY
from gateway.login.visitor import BrowserVisitor
from gateway.login.wallets import Wallets
from gateway.parts import Parts
from gateway.recovery import claims, walks
from gateway.recovery.limits import Bounds, Limits
from gateway.recovery.service import Recoveries
from gateway.recovery.views import blueprint
from gateway.settings import Settings
from web.pages import translate


def room(
    parts: Parts,
    rules: Rules,
    ceremonies: Ceremonies,
    wallets: Wallets,
    recoveries: Recoveries,
    visitor: BrowserVisitor,
) -> Blueprint:
    """Build the pages of recoveries."""
    settings, limits = parts.settings, Limits(parts.store, _bounds(parts.settings))
    walking = walks.Parts(
        store=parts.store,
        clock=parts.clock,
        factors=parts.factors,
        blind=Blind(parts.store, parts.factors, parts.clock, rules, translate),
        ceremonies=ceremonies,
        wallets=wallets,
        limits=limits,
        recoveries=recoveries,
        lifetime=settings.span("login"),
        failures=settings.failures_per_login,
    )
    claiming = claims.Parts(
        store=parts.store,
        clock=parts.clock,
        factors=parts.factors,
        ceremonies=ceremonies,
        wallets=wallets,
        limits=limits,
        recoveries=recoveries,
        lifetime=settings.span("enrolment"),
    )
    work = demand(parts, recoveries=max(1, settings.recoveries_per_hour // EASY))
    walked, claimed = walks.Walks(walking), claims.Claims(claiming)
    return blueprint(walked, claimed, recoveries, parts.browser, visitor, work)


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        enabled=settings.limits == "on",
        per_source=settings.recoveries_per_source,
        altogether=settings.recoveries_per_hour,
        tries=settings.failures_per_hour,
        wrong=settings.failures_per_source,
    )
