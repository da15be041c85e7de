"""How the account pages are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from enrollment.service import EnrolmentService, nameable
from gateway.account import data_views, views
from gateway.account.export import Export
from gateway.account.guard import Guard
from gateway.account.history import History
from gateway.account.leaving import make_leaving
from gateway.account.service import AccountService
from gateway.changes import Changes
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
    named = [name for name, factor in factors.items() if nameable(factor)]
    accounts = AccountService(store, Guard(factors, clock), near.changes.made, named=named)
    history = History(store, factors)
    yield views.blueprint(
        views.Parts(accounts, history, near.enrolment, near.visitor, near.logout, near.recoveries)
    )
    export = Export(store, clock, factors, parts.settings.issuer)
    leaving = make_leaving(parts.settings, store, clock, near.notices)
    data = data_views.Parts(store, export, leaving, near.visitor, parts.settings.erasure_grace)
    yield data_views.blueprint(data)
