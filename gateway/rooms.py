"""The rooms of the web application: each is built from its parts and answers as a blueprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from enrollment import stations_views
from enrollment import views as enrolment_views
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Callbacks, Rules
from enrollment.service import EnrolmentService
from enrollment.stations import Stations
from enrollment.tickets import Tickets
from gateway import estimates, oidc
from gateway.account import room as account
from gateway.admin import room as admin
from gateway.callers import caller
from gateway.changes import Changes
from gateway.login import views as login_views
from gateway.login.authentication import Authentication
from gateway.login.devices import Devices
from gateway.login.elsewhere import Elsewhere
from gateway.login.room import Neighbours, login_service
from gateway.login.service import LoginService
from gateway.login.sessions import Lifetimes, Sessions
from gateway.login.visitor import BrowserVisitor
from gateway.login.wallets import Wallets
from gateway.notices import Notices
from gateway.parts import Parts
from gateway.passkeys import views as passkeys_views
from gateway.provider import make_provider
from gateway.recovery.opened import make_recoveries
from gateway.recovery.room import room as recovery
from gateway.recovery.service import Recoveries
from gateway.registration.room import room as registration
from gateway.settings import Settings
from gateway.voice_notes import room as voice_notes
from verifiers.webauthn.origins import related
from verifiers.webauthn.settings import WebauthnSettings
from web.looks import translate_message
from web.pages import translate, translate_into


@dataclass(frozen=True, slots=True)
class Shared:
    """What several rooms have in common; each of these is there once."""

    notices: Notices
    changes: Changes
    ceremonies: Ceremonies
    sessions: Sessions
    wallets: Wallets
    authentication: Authentication
    visitor: BrowserVisitor
    recoveries: Recoveries


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """Build the rooms."""
    shared, rules = _shared(parts), _rules(parts.settings)
    yield passkeys_views.blueprint(related(WebauthnSettings.load()))
    logins, devices = _logins(parts, shared, rules)
    yield login_views.blueprint(logins, devices, Elsewhere(parts.store), parts.browser)
    if parts.settings.registration == "open":
        yield registration(parts, rules, logins, shared.notices)
    provider = make_provider(parts, shared.authentication)
    yield oidc.blueprint(provider)
    near = voice_notes.Neighbours(shared.ceremonies, logins, shared.visitor, provider.server)
    yield from voice_notes.blueprints(parts, near)
    enrolment = EnrolmentService(parts.store, parts.factors, shared.ceremonies)
    yield from _enrolling(parts, enrolment, shared.visitor)
    yield recovery(
        *(parts, rules, shared.ceremonies, shared.wallets), shared.recoveries, shared.visitor
    )
    yield from account.blueprints(
        parts,
        account.Neighbours(
            changes=shared.changes,
            notices=shared.notices,
            enrolment=enrolment,
            visitor=shared.visitor,
            logout=provider.logout,
            recoveries=shared.recoveries,
        ),
    )
    yield from admin.blueprints(
        parts,
        admin.Neighbours(
            changes=shared.changes,
            notices=shared.notices,
            recoveries=shared.recoveries,
            enrolment=enrolment,
            provider=provider,
            authentication=shared.authentication,
        ),
    )


def _shared(parts: Parts) -> Shared:
    settings, clock = parts.settings, parts.clock
    notices = Notices(parts.known_factors, translate_into, clock)
    changes = _changes(parts, notices)
    sessions, wallets = _sessions(parts), _wallets(parts)
    authentication = Authentication(
        clock, parts.browser, sessions, fresh_biometric=settings.span("biometric_fresh")
    )
    visitor = BrowserVisitor(
        *(parts.browser, authentication, sessions, wallets, clock), fresh=settings.span("fresh")
    )
    return Shared(
        notices=notices,
        changes=changes,
        ceremonies=_ceremonies(parts, changes),
        sessions=sessions,
        wallets=wallets,
        authentication=authentication,
        visitor=visitor,
        recoveries=make_recoveries(parts.store, settings, clock, notices),
    )


def _logins(parts: Parts, shared: Shared, rules: Rules) -> tuple[LoginService, Devices]:
    """Build what people log in by."""
    devices = Devices(
        *(parts.store, parts.factors, shared.ceremonies, parts.clock, translate),
        failures_disable=rules.failures_disable,
    )
    near = (shared.ceremonies, shared.wallets, shared.sessions, devices, Elsewhere(parts.store))
    return login_service(parts, Neighbours(*near, shared.notices)), devices


def _enrolling(
    parts: Parts, enrolment: EnrolmentService, visitor: BrowserVisitor
) -> Iterator[Blueprint]:
    """Build where factors are added, in a browser and by a kiosk."""
    stations = Stations(parts.store, parts.clock, parts.settings.issuer)
    yield stations_views.blueprint(stations)
    yield estimates.blueprint(estimates.Estimates(parts.store, parts.factors), translate)
    yield enrolment_views.blueprint(
        enrolment_views.Parts(
            enrolment,
            Tickets(parts.store),
            stations,
            visitor,
            translate,
            parts.settings.span("enrolment"),
        )
    )


def _sessions(parts: Parts) -> Sessions:
    settings = parts.settings
    lifetimes = Lifetimes(
        session=settings.span("session"),
        idle=settings.span("session_idle"),
        login=settings.span("login"),
        aal3=settings.span("aal3"),
        aal3_idle=settings.span("aal3_idle"),
    )
    return Sessions(parts.store, lifetimes)


def _wallets(parts: Parts) -> Wallets:
    return Wallets(
        parts.store,
        parts.factors,
        parts.clock,
        biometric_failures=parts.settings.biometric_failures,
    )


def _changes(parts: Parts, notices: Notices) -> Changes:
    return Changes(
        parts.known_factors,
        notices,
        service=parts.settings.service_name,
        issuer=parts.settings.issuer,
    )


def _rules(settings: Settings) -> Rules:
    counting = settings.limits == "on"
    return Rules(
        simulators=settings.simulators,
        failures_disable=settings.failures_disable,
        biometric_failures=settings.biometric_failures,
        messages_per_hour=settings.messages_per_hour,
        idle_days=settings.template_idle_days,
        questions_per_hour=settings.questions_per_hour if counting else 0,
        questions_per_day=settings.questions_per_day if counting else 0,
        samples_per_hour=settings.samples_per_hour if counting else 0,
    )


def _ceremonies(parts: Parts, changes: Changes) -> Ceremonies:
    calls = Callbacks(translate_message, changes.made, lambda: caller().address)
    return Ceremonies(parts.store, parts.factors, parts.clock, _rules(parts.settings), calls)
