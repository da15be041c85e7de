"""How the room of sign-ups is built; only where people may register themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from flask import Blueprint

from contracts.abilities import Reachable
from contracts.errors import Misconfigured
from contracts.factor import Factor
from contracts.text import Text
from enrollment.newcomers import Newcomers
from enrollment.outcomes import Rules
from enrollment.usable import begins
from gateway.limits.room import demand
from gateway.limits.strain import EASY
from gateway.login.service import LoginService
from gateway.notices import Notices
from gateway.parts import Parts
from gateway.registration.letters import Letters
from gateway.registration.limits import Limits
from gateway.registration.service import Lifetimes, Reach, Registration
from gateway.registration.service import Parts as RegistrationParts
from gateway.registration.views import blueprint
from gateway.settings import Settings
from store import Store
from web.pages import translate

NO_CODES = Text("Registration needs codes by e-mail or phone, which are switched off here.")


def room(parts: Parts, rules: Rules, logins: LoginService, notices: Notices) -> Blueprint:
    """Build the pages of sign-ups. Raises Misconfigured where no address can be shown."""
    settings, factors = parts.settings, parts.factors
    letters = Letters(settings.service_name, f"{settings.issuer}/account")
    newcomers = Newcomers(parts.store, factors, parts.clock, rules, translate, letters.instead)
    service = Registration(
        RegistrationParts(
            store=parts.store,
            clock=parts.clock,
            newcomers=newcomers,
            limits=_limits(settings, parts.store),
            letters=letters,
            notices=notices,
            reach=_reach(factors),
            first={factor.name: factor for factor in _first(factors)},
            lifetimes=Lifetimes(settings.span("signup"), settings.span("login")),
        )
    )
    work = demand(parts, signups=max(1, settings.signups_per_hour // EASY))
    return blueprint(service, logins, parts.browser, work)


def _limits(settings: Settings, store: Store) -> Limits:
    return Limits(
        store,
        enabled=settings.limits == "on",
        per_source=settings.signups_per_source,
        altogether=settings.signups_per_hour,
        names=settings.failures_per_source,
    )


def _reach(factors: Mapping[str, Factor]) -> Reach:
    found = next((each for each in factors.values() if isinstance(each, Reachable)), None)
    if found is None:
        raise Misconfigured(NO_CODES)
    return cast(Reach, found)


def _first(factors: Mapping[str, Factor]) -> Sequence[Factor]:
    """Return the ways to begin with; those that need no name, which are safer, come first."""
    ways = filter(begins, factors.values())
    return sorted(ways, key=lambda factor: not factor.usernameless)
