"""What links an entry to the one before it: a keyed hash over all that was written."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

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


def fits(key: bytes, row: Row[Any], previous: str) -> bool:
    """Tell whether an entry as it is stored (`store.trail.entries`) has the hash that it must."""
    try:
        facts = None if row.facts is None else json.loads(row.facts)
        return digest(key, {**row._mapping, "facts": facts}, previous) == str(row.hash)
    except (TypeError, ValueError):  # it does not even hold what is ever written
        return False


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    return value.hex() if isinstance(value, bytes) else value
