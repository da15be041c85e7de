"""How the rooms of operators are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from enrollment.service import EnrolmentService
from gateway.admin import api, api_client, setup_views
from gateway.admin.bearer import Bearers
from gateway.admin.desk import Desk
from gateway.admin.opened import make_desk
from gateway.admin.pages import views
from gateway.admin.reception import Reception
from gateway.admin.setup import Setup
from gateway.admin.tools import Tools
from gateway.changes import Changes
from gateway.login.authentication import Authentication
from gateway.notices import Notices
from gateway.oidc import Provider
from gateway.parts import Parts
from gateway.recovery.service import Recoveries


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rooms that those of operators lead to."""

    changes: Changes
    notices: Notices
    recoveries: Recoveries
    enrolment: EnrolmentService
    provider: Provider
    authentication: Authentication


def blueprints(parts: Parts, near: Neighbours) -> Iterator[Blueprint]:
    """Build the admin pages, the admin API, and the page of the first admin."""
    settings, store, clock, factors = parts.settings, parts.store, parts.clock, parts.factors
    api_client.ensure(store, clock, settings.issuer)
    desk = make_desk(_tools(parts, near))
    yield views.blueprint(desk, _reception(parts, near), clock)
    yield _api(parts, near.provider, desk)
    setup = Setup(settings, store, clock, factors)
    if setup.factor:
        yield setup_views.blueprint(setup_views.Views(setup, near.enrolment, parts.browser))


def _tools(parts: Parts, near: Neighbours) -> Tools:
    return Tools(
        settings=parts.settings,
        store=parts.store,
        clock=parts.clock,
        factors=parts.factors,
        known_factors=parts.known_factors,
        notices=near.notices,
        changes=near.changes,
        recoveries=near.recoveries,
    )


def _reception(parts: Parts, near: Neighbours) -> Reception:
    fresh = parts.settings.span("fresh")
    return Reception(parts.store, parts.clock, parts.browser, near.authentication, fresh=fresh)


def _api(parts: Parts, provider: Provider, desk: Desk) -> Blueprint:
    issuer = parts.settings.issuer
    bearers = Bearers(
        parts.store,
        parts.clock,
        provider.standing,
        provider.binding,
        api_client.resource(issuer),
    )
    fresh = parts.settings.span("fresh")
    return api.blueprint(api.Api(desk, bearers, provider.proofs.nonces, issuer, fresh))
