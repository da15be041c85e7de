"""The rooms of the web application: each is built from its parts and answers as a blueprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint

from contracts.assurance import AuthEvent
from enrollment import stations_views
from enrollment import views as enrolment_views
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Callbacks, Rules
from enrollment.service import EnrolmentService
from enrollment.stations import Stations
from enrollment.tickets import Tickets
from gateway import oidc, policy
from gateway.account import room as account
from gateway.callers import caller
from gateway.changes import Changes
from gateway.keeper import make_keeper
from gateway.login import views as login_views
from gateway.login.authentication import Authentication
from gateway.login.devices import Devices
from gateway.login.plan import event
from gateway.login.room import Neighbours, login_service
from gateway.login.sessions import Lifetimes, Sessions
from gateway.login.visitor import BrowserVisitor
from gateway.login.wallets import Wallets
from gateway.notices import Notices
from gateway.parts import Parts
from gateway.passkeys import views as passkeys_views
from gateway.recovery.opened import make_recoveries
from gateway.recovery.room import room as recovery
from gateway.recovery.service import Recoveries
from gateway.registration.room import room as registration
from gateway.settings import Settings
from verifiers.webauthn.origins import related
from verifiers.webauthn.settings import WebauthnSettings
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
    yield from _entrances(parts, shared, rules)
    provider = _provider(parts, shared.authentication)
    yield oidc.blueprint(provider)
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


def _shared(parts: Parts) -> Shared:
    settings, clock = parts.settings, parts.clock
    notices = Notices(parts.factors, translate_into, clock)
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


def _entrances(parts: Parts, shared: Shared, rules: Rules) -> Iterator[Blueprint]:
    """Build where people log in and, where they may, make an account."""
    devices = Devices(
        *(parts.store, parts.factors, shared.ceremonies, parts.clock, translate),
        failures_disable=rules.failures_disable,
    )
    logins = login_service(
        parts,
        Neighbours(shared.ceremonies, shared.wallets, shared.sessions, devices, shared.notices),
    )
    yield login_views.blueprint(logins, devices, parts.browser)
    if parts.settings.registration == "open":
        yield registration(parts, rules, logins, shared.notices)


def _enrolling(
    parts: Parts, enrolment: EnrolmentService, visitor: BrowserVisitor
) -> Iterator[Blueprint]:
    """Build where factors are added, in a browser and by a kiosk."""
    stations = Stations(parts.store, parts.clock, parts.settings.issuer)
    yield stations_views.blueprint(stations)
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


def _prospects(parts: Parts) -> list[AuthEvent]:
    """Return what new credentials of every factor could prove."""
    now = parts.clock.now()
    return [event(name, factor.prospect(()), now) for name, factor in parts.factors.items()]


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
        parts.factors,
        notices,
        service=parts.settings.service_name,
        issuer=parts.settings.issuer,
    )


def _rules(settings: Settings) -> Rules:
    return Rules(
        simulators=settings.simulators,
        failures_disable=settings.failures_disable,
        biometric_failures=settings.biometric_failures,
        messages_per_hour=settings.messages_per_hour,
    )


def _ceremonies(parts: Parts, changes: Changes) -> Ceremonies:
    calls = Callbacks(translate, changes.made, lambda: caller().address)
    return Ceremonies(parts.store, parts.factors, parts.clock, _rules(parts.settings), calls)


def _provider(parts: Parts, authentication: Authentication) -> oidc.Provider:
    settings, keeper = parts.settings, make_keeper(parts.settings)
    return oidc.provider(
        store=parts.store,
        clock=parts.clock,
        authentication=authentication,
        keeper=keeper,
        settings=oidc.ProviderSettings(
            issuer=settings.issuer,
            code_lifetime=settings.span("code"),
            id_token_lifetime=settings.span("id_token"),
            message_token=settings.span("message_token"),
            refresh_idle=settings.span("refresh_idle"),
            refresh_absolute=settings.span("refresh_absolute"),
            interaction_lifetime=settings.span("login"),
            jwks_max_age=settings.span("jwks"),
            dpop_nonce_required=settings.dpop_nonce == "required",
            algorithms=keeper.algorithms,
            acr_values=policy.issued(_prospects(parts)),
            require_pushed=settings.require_pushed_authorization_requests,
            client_certificates=bool(settings.client_certificate_header),
            clients=_strangers(settings),
            device=_device(settings),
            backchannel=_backchannel(settings),
        ),
    )


def _device(settings: Settings) -> oidc.DeviceSettings:
    return oidc.DeviceSettings(
        lifetime=settings.span("device_code"),
        limited=settings.limits == "on",
        per_browser=settings.failures_per_login,
        per_source=settings.failures_per_source,
        per_hour=settings.device_entries_per_hour,
    )


def _backchannel(settings: Settings) -> oidc.BackchannelSettings:
    return oidc.BackchannelSettings(
        lifetime=settings.span("backchannel"),
        longest=settings.span("backchannel_longest"),
        silence=settings.span("backchannel_silence"),
        per_hour=settings.backchannel_requests_per_hour,
        switching_fresh=settings.span("fresh"),
    )


def _strangers(settings: Settings) -> oidc.ClientPolicy:
    return oidc.ClientPolicy(
        registration=settings.client_registration,
        registrations_per_hour=settings.registrations_per_hour,
        documents=settings.client_metadata_documents,
        loopback=settings.fetch_loopback,
        on_trial=settings.on_trial,
        scope=settings.dynamic_client_scope,
        require_acr=settings.dynamic_client_acr,
        access_token_seconds=settings.access_token_seconds,
    )
