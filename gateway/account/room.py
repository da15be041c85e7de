"""How the account pages are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from enrollment.consent import Consents
from enrollment.service import EnrolmentService
from gateway.account import consent_views, data_views, views
from gateway.account.export import Export
from gateway.account.history import History
from gateway.account.leaving import Leaving
from gateway.account.service import make_account_service
from gateway.biometric_templates import Templates
from gateway.callers import caller
from gateway.changes import Changes
from gateway.lockout import Lockout
from gateway.login.visitor import BrowserVisitor
from gateway.notices import Notices
from gateway.oidc.logout.service import Logout
from gateway.parts import Parts
from gateway.recovery.service import Recoveries


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rooms that the account pages lead to."""

    changes: Changes
    notices: Notices
    enrolment: EnrolmentService
    visitor: BrowserVisitor
    logout: Logout
    recoveries: Recoveries


def blueprints(parts: Parts, near: Neighbours) -> Iterator[Blueprint]:
    """Build the account pages."""
    store, clock, factors = parts.store, parts.clock, parts.factors
    accounts = make_account_service(store, clock, factors, near.changes.made)
    history = History(store, parts.known_factors)
    rooms = near.enrolment, near.visitor, near.logout, near.recoveries
    yield views.blueprint(
        views.Parts(accounts, history, *rooms, Templates(store, parts.known_factors))
    )
    export = Export(store, clock, parts.known_factors, parts.settings.issuer)
    lockout = Lockout(factors, clock)
    leaving = Leaving(parts.settings, store, clock, near.notices, lockout)
    data = data_views.Parts(store, export, leaving, near.visitor, parts.settings.erasure_grace)
    yield data_views.blueprint(data)
    consents = Consents(
        *(store, factors, near.changes.made, lambda: caller().address),
        idle_days=parts.settings.template_idle_days,
    )
    yield consent_views.blueprint(consent_views.Parts(consents, near.visitor))
