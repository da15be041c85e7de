"""What is told of what happened (CAEP 1.0, section 3; Shared Signals 1.0, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from store.events import Event, Occurrence

CAEP = "https://schemas.openid.net/secevent/caep/event-type"
SSF = "https://schemas.openid.net/secevent/ssf/event-type"

SESSION_REVOKED = f"{CAEP}/session-revoked"
CREDENTIAL_CHANGE = f"{CAEP}/credential-change"
ASSURANCE_LEVEL_CHANGE = f"{CAEP}/assurance-level-change"
VERIFICATION = f"{SSF}/verification"
STREAM_UPDATED = f"{SSF}/stream-updated"

SUPPORTED = (SESSION_REVOKED, CREDENTIAL_CHANGE, ASSURANCE_LEVEL_CHANGE)
"""What a receiver may ask for; the two of the framework itself are told unasked."""

NAMESPACE = "acr"
"""Levels go by the names that `acr` has in our tokens: `mfa` is none of NIST's."""

REASONS = {
    SESSION_REVOKED: "The session was ended.",
    CREDENTIAL_CHANGE: "A way to log in was added, changed or removed.",
    ASSURANCE_LEVEL_CHANGE: "The person proved more, or less, than before.",
}
WITHDRAWN = "The person took back what this application may have."
"""For the receiver's log; the interoperability profile of CAEP asks for one."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the standard and what it says; `session`, where it is of one session alone."""

    uri: str
    members: Mapping[str, Any] = field(default_factory=dict)
    session: str = ""
    reason: str = ""


def told(occurrence: Occurrence) -> Told | None:
    """Return what the standard has for something that happened, if anything."""
    tell = TELL.get(occurrence.type)
    found = tell(occurrence.data) if tell else None
    if found is None:
        return None
    common = {
        "event_timestamp": int(occurrence.at.timestamp()),
        "initiating_entity": occurrence.by,
        "reason_admin": {"en": found.reason or REASONS[found.uri]},
    }
    return Told(found.uri, {**found.members, **common}, found.session)


def _session_revoked(data: Mapping[str, str]) -> Told:
    return Told(SESSION_REVOKED, session=data["session"])


def _credential_change(data: Mapping[str, str]) -> Told:
    members = {"credential_type": data["credential_type"], "change_type": data["change"]}
    return Told(CREDENTIAL_CHANGE, members)


def _assurance_level_change(data: Mapping[str, str]) -> Told:
    members = {
        "namespace": NAMESPACE,
        "current_level": data["current"],
        "previous_level": data["previous"],
        "change_direction": data["direction"],
    }
    return Told(ASSURANCE_LEVEL_CHANGE, members, data["session"])


def _consent_withdrawn(data: Mapping[str, str]) -> Told | None:
    """Tell an application that all it holds of a person is over; of measuring it hears nothing."""
    return Told(SESSION_REVOKED, reason=WITHDRAWN) if "client" in data else None


TELL: Mapping[str, Callable[[Mapping[str, str]], Told | None]] = {
    Event.SESSION_ENDED: _session_revoked,
    Event.FACTOR_ENROLLED: _credential_change,
    Event.FACTOR_CHANGED: _credential_change,
    Event.FACTOR_REMOVED: _credential_change,
    Event.ASSURANCE_CHANGED: _assurance_level_change,
    Event.CONSENT_WITHDRAWN: _consent_withdrawn,
}
