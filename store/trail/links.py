"""What links an entry to the one before it: a keyed hash over all that was written."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.cipher import Vault, derive
from store.models import EPOCH, MICROSECOND

COVERED = (
    *("at", "event", "subject", "actor", "client_id"),
    *("personal", "acted", "facts", "writer", "seq"),
)
"""The columns that the hash of an entry covers; `id` and `checkpoint` come later and are signed."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def chain_key(vault: Vault) -> bytes:
    """Return the key of the hashes; it stays when key-encryption keys come and go."""
    return derive(vault.pepper, "trail chain")


def digest(key: bytes, row: Mapping[str, Any], previous: str) -> str:
    """Return the hash of an entry, 64 hexadecimal digits; the first has none before it."""
    plain = [previous, *(_plain(row[name]) for name in COVERED)]
    return hmac.digest(key, _encode(plain).encode(), "sha256").hex()


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    return value.hex() if isinstance(value, bytes) else value
