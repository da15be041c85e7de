"""The desk, for whoever opens one: every operation there is."""

from __future__ import annotations

from contracts.clock import Clock
from gateway.admin.calls.applications import Applications
from gateway.admin.calls.audit import Audit
from gateway.admin.calls.biometrics import Biometrics
from gateway.admin.calls.branding import Branding
from gateway.admin.calls.clients import Clients
from gateway.admin.calls.factors import Factors
from gateway.admin.calls.imports import Imports
from gateway.admin.calls.keys import Keys
from gateway.admin.calls.me import Me
from gateway.admin.calls.operators import Operators
from gateway.admin.calls.people import People
from gateway.admin.calls.policy import Policy
from gateway.admin.calls.privacy import Consents, Erasures, Privacy, Retention
from gateway.admin.calls.recoveries import Recoveries
from gateway.admin.calls.resources import Resources
from gateway.admin.calls.sessions import Sessions
from gateway.admin.calls.stations import Stations
from gateway.admin.calls.streams import Streams
from gateway.admin.calls.templates import Templates
from gateway.admin.calls.tickets import Tickets
from gateway.admin.calls.webhooks import Webhooks
from gateway.admin.desk import Desk
from gateway.admin.tools import Tools
from gateway.changes import Changes
from gateway.notices import Notices
from gateway.opening import in_use, known_factors
from gateway.recovery.opened import make_recoveries
from gateway.settings import Settings
from store import Store
from web.pages import translate_into

CALLS = (
    Me,
    People,
    Imports,
    Factors,
    Templates,
    Sessions,
    Applications,
    Recoveries,
    Tickets,
    Operators,
    Clients,
    Resources,
    Keys,
    Stations,
    Branding,
    Policy,
    Webhooks,
    Streams,
    Audit,
    Biometrics,
    Consents,
    Retention,
    Erasures,
    Privacy,
)


def make_desk(tools: Tools) -> Desk:
    """Build the desk."""
    return Desk(tools.store, [calls(tools) for calls in CALLS])


def open_desk(settings: Settings, store: Store, clock: Clock) -> Desk:
    """Build the desk for a command, which serves no pages."""
    known = known_factors(settings, store, clock)
    factors = in_use(settings, known)
    notices = Notices(known, translate_into, clock)
    changes = Changes(known, notices, service=settings.service_name, issuer=settings.issuer)
    recoveries = make_recoveries(store, settings, clock, notices)
    return make_desk(Tools(settings, store, clock, factors, known, notices, changes, recoveries))
