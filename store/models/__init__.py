"""The tables. Private to `store` and `migrations`: everyone else speaks to the repositories.

Short-lived secrets are kept as keyed hashes (`*_hash`), what must be read back as ciphertext
(`LargeBinary`); instants are integers, microseconds since the epoch in UTC.
"""

from store.models.backchannel import backchannel_devices, backchannel_requests, device_codes
from store.models.base import EPOCH, MICROSECOND, Instant, keystore_metadata, metadata
from store.models.brandings import brandings
from store.models.events import (
    stream_events,
    stream_subjects,
    streams,
    webhook_deliveries,
    webhooks,
)
from store.models.keystore import erased, row_versions, subject_keys
from store.models.operations import audit, checkpoints, checks, limits, once, outbox
from store.models.operators import operators, setups
from store.models.people import (
    accounts,
    ceremonies,
    credentials,
    enrolments,
    is_active,
    is_admitted,
    logins,
    sessions,
    stations,
    tickets,
)
from store.models.policies import policies
from store.models.privacy import biometric_consents, erasure_proofs
from store.models.provider import (
    clients,
    codes,
    consents,
    ended_statuses,
    grants,
    interactions,
    live_grants,
    pushed_requests,
    refresh_tokens,
    resources,
    signing_keys,
)
from store.models.recovery import recoveries, recovery_walks
from store.models.registration import initial_access_tokens, registrations
from store.models.signals import known_browsers
from store.models.signups import signups
from store.models.voice_notes import voice_calls, voice_note_consents, voice_notes

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "Instant",
    "accounts",
    "audit",
    "backchannel_devices",
    "backchannel_requests",
    "biometric_consents",
    "brandings",
    "ceremonies",
    "checkpoints",
    "checks",
    "clients",
    "codes",
    "consents",
    "credentials",
    "device_codes",
    "ended_statuses",
    "enrolments",
    "erased",
    "erasure_proofs",
    "grants",
    "initial_access_tokens",
    "interactions",
    "is_active",
    "is_admitted",
    "keystore_metadata",
    "known_browsers",
    "limits",
    "live_grants",
    "logins",
    "metadata",
    "once",
    "operators",
    "outbox",
    "policies",
    "pushed_requests",
    "recoveries",
    "recovery_walks",
    "refresh_tokens",
    "registrations",
    "resources",
    "row_versions",
    "sessions",
    "setups",
    "signing_keys",
    "signups",
    "stations",
    "stream_events",
    "stream_subjects",
    "streams",
    "subject_keys",
    "tickets",
    "voice_calls",
    "voice_note_consents",
    "voice_notes",
    "webhook_deliveries",
    "webhooks",
]
