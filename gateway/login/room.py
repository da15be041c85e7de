"""How the service of logins is built."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment.ceremonies import Ceremonies
from gateway import places
from gateway.limits.room import bounds, demand
from gateway.login.devices import Devices
from gateway.login.elsewhere import Elsewhere
from gateway.login.guide import Guide
from gateway.login.limits import Limits
from gateway.login.parts import Parts as LoginParts
from gateway.login.service import LoginService
from gateway.login.sessions import Sessions
from gateway.login.wallets import Wallets
from gateway.login.watch import Watch
from gateway.notices import Notices
from gateway.parts import Parts


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What logins share with other rooms."""

    ceremonies: Ceremonies
    wallets: Wallets
    sessions: Sessions
    devices: Devices
    elsewhere: Elsewhere
    notices: Notices


def login_service(parts: Parts, shared: Neighbours) -> LoginService:
    """Build the service of logins."""
    return LoginService(
        LoginParts(
            parts.store,
            parts.clock,
            shared.ceremonies,
            shared.wallets,
            shared.sessions,
            limits(parts),
            _watch(parts, shared.notices),
            _guide(parts, shared.wallets),
            shared.devices,
            shared.elsewhere,
            parts.settings.failures_per_login,
        )
    )


def limits(parts: Parts) -> Limits:
    """Build what counts the tries of people who are known by a proof, wherever they answer."""
    settings = parts.settings
    return Limits(
        parts.store, demand(parts), bounds(settings), per_account=settings.failures_per_hour
    )


def _watch(parts: Parts, notices: Notices) -> Watch:
    settings = parts.settings
    return Watch(
        parts.clock,
        bounds(settings),
        notices,
        places.load(settings.places_file),
        service=settings.service_name,
        issuer=settings.issuer,
    )


def _guide(parts: Parts, wallets: Wallets) -> Guide:
    return Guide(
        parts.factors,
        wallets,
        parts.clock,
        fresh=parts.settings.span("biometric_fresh"),
        enrol=parts.settings.enroll_on_the_way,
    )
