"""The tables. Private to `store` and `migrations`: everyone else speaks to the repositories.

Short-lived secrets are kept as keyed hashes (`*_hash`), what must be read back as ciphertext
(`LargeBinary`); instants are integers, microseconds since the epoch in UTC.
"""

from store.models.base import EPOCH, MICROSECOND, Instant, keystore_metadata, metadata
from store.models.keystore import row_versions, subject_keys
from store.models.operations import audit, checks, limits, once, outbox
from store.models.people import (
    accounts,
    active_accounts,
    ceremonies,
    credentials,
    enrolments,
    logins,
    sessions,
    stations,
    tickets,
)
from store.models.provider import (
    clients,
    codes,
    consents,
    grants,
    interactions,
    live_grants,
    refresh_tokens,
    signing_keys,
)

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "Instant",
    "accounts",
    "active_accounts",
    "audit",
    "ceremonies",
    "checks",
    "clients",
    "codes",
    "consents",
    "credentials",
    "enrolments",
    "grants",
    "interactions",
    "keystore_metadata",
    "limits",
    "live_grants",
    "logins",
    "metadata",
    "once",
    "outbox",
    "refresh_tokens",
    "row_versions",
    "sessions",
    "signing_keys",
    "stations",
    "subject_keys",
    "tickets",
]
