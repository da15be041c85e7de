"""Every kind of data there is: which tables hold it, how it is protected, how long it is kept.

Every table belongs to a kind: a test compares this with the schema.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.settings import Settings

KEYED = "keyed hashes"
READABLE = "readable in the database"
OWN_KEY = "AES-256-GCM under a key of the person's own, which lies in a store apart"
SEALED = "AES-256-GCM under the key-encryption key"
UNTIL_ERASED = "until the account is erased"


@dataclass(frozen=True, slots=True)
class Data:
    """One kind of data; `personal` where it is about people, `kept` says how long."""

    name: str
    what: str
    tables: Sequence[str]
    protected: str
    kept: Callable[[Settings], str]
    personal: bool = True


def days(count: int) -> str:
    """Say for how many days."""
    return f"{count} day{'' if count == 1 else 's'}"


def span(seconds: int) -> str:
    """Say how long, in the largest unit that says it exactly."""
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _accounts(settings: Settings) -> str:
    idle, grace = settings.account_idle_days, days(settings.erasure_grace_days)
    unused = f"; asked to leave after {days(idle)} without use" if idle else ""
    return f"until erased, {grace} after that is asked for{unused}"


def _templates(settings: Settings) -> str:
    idle = settings.template_idle_days
    unused = f", or {days(idle)} without use" if idle else ""
    return f"until consent is withdrawn, the factor is removed, the account is erased{unused}"


def _trail(settings: Settings) -> str:
    kept = settings.history_days
    return days(kept) if kept else "for ever; of an erased person it names nobody"


KINDS: Sequence[Data] = (
    Data(
        "people",
        "username, e-mail address that an operator vouched for, language, when it was made",
        ("accounts",),
        READABLE,
        _accounts,
    ),
    Data(
        "ways to log in",
        "hashes of passwords and recovery codes, seeds of authenticator apps, public keys of "
        "passkeys, addresses for codes; when and from where each was used last",
        ("credentials",),
        OWN_KEY,
        lambda _: "until removed, replaced, or the account is erased",
    ),
    Data(
        "biometric templates",
        "numbers that describe a voice; samples are never kept (GDPR, Article 9)",
        ("credentials",),
        OWN_KEY,
        _templates,
    ),
    Data(
        "consents to be measured",
        "to which words of which factor, when, at which device, and when they were withdrawn",
        ("biometric_consents",),
        READABLE,
        lambda _: UNTIL_ERASED,
    ),
    Data(
        "consents to voice messages",
        "which application may hand on voice messages, to which words, when, and when withdrawn",
        ("voice_note_consents",),
        READABLE,
        lambda _: UNTIL_ERASED,
    ),
    Data(
        "sessions",
        "when, from which address, a device in names of ours, which proofs were given",
        ("sessions",),
        f"cookies as {KEYED}; the rest readable",
        lambda settings: f"{span(settings.session_seconds)}, or logged out",
    ),
    Data(
        "browsers that were seen",
        "which browsers a person logged in with, and which may ask them",
        ("known_browsers", "backchannel_devices"),
        KEYED,
        lambda _: "400 days after the last login there, or until removed",
    ),
    Data(
        "what applications may have and hold",
        "scopes, levels of assurance, times; codes and tokens",
        ("consents", "grants", "codes", "refresh_tokens", "ended_statuses"),
        f"codes and tokens as {KEYED}; the rest readable",
        lambda settings: f"withdrawn, or {span(settings.refresh_absolute_seconds)}",
    ),
    Data(
        "steps under way",
        "what somebody has begun: a login, a sign-up, an enrolment, a request of an application",
        (
            *("ceremonies", "logins", "interactions", "pushed_requests", "enrolments", "tickets"),
            *("signups", "device_codes", "backchannel_requests", "setups"),
            *("voice_notes", "voice_calls"),
        ),
        f"what is asked and answered {SEALED}; handles as {KEYED}",
        lambda settings: f"minutes; a ticket {span(settings.ticket_seconds)}",
    ),
    Data(
        "attempts that are counted",
        "how often somebody tried, and what counts once",
        ("limits", "once"),
        KEYED,
        lambda _: "a day at most",
    ),
    Data(
        "recoveries",
        "that an account is being recovered, how it was proven, who approved it",
        ("recoveries", "recovery_walks"),
        f"codes as {KEYED}",
        lambda settings: f"until it is over; the wait is {span(settings.recovery_hours * 3600)}",
    ),
    Data(
        "the audit trail",
        "what happened, when, to whom, from where, and who did it",
        ("audit", "checkpoints"),
        f"names and addresses {OWN_KEY}; entries are chained and signed",
        _trail,
    ),
    Data(
        "messages and events on their way",
        "codes and notices to people, events for applications and webhooks",
        ("outbox", "stream_events", "webhook_deliveries"),
        SEALED,
        lambda _: (
            "until delivered, at most a day; events for applications 7 days, and what became "
            "of those for webhooks 30"
        ),
    ),
    Data(
        "operators",
        "who runs the house, in which role, who gave it to them; who set which policy",
        ("operators", "policies"),
        READABLE,
        lambda _: "until the role is withdrawn; versions of the policy are kept",
    ),
    Data(
        "keys of people",
        "what opens a person's secrets, and the versions of these",
        ("subject_keys", "row_versions"),
        f"{SEALED}, in a database of their own that no backup of the other includes",
        lambda _: "until the account is erased; backups of them 30 days at most",
    ),
    Data(
        "proofs of erasure",
        "that somebody was erased, when, how many rows went: signed, under a pseudonym",
        ("erasure_proofs", "erased"),
        "no name, no address; the pseudonym is a keyed hash of an id that is gone",
        lambda _: "for ever: a restored backup is put right by them",
    ),
    Data(
        "the house itself",
        "applications, their resources, keys, kiosks, webhooks, brandings",
        (
            *("clients", "resources", "registrations", "initial_access_tokens", "signing_keys"),
            *("stations", "webhooks", "streams", "stream_subjects", "brandings", "checks"),
        ),
        f"secrets {SEALED} or as {KEYED}",
        lambda _: "until an admin removes it",
        personal=False,
    ),
)
