"""What is known of a credential apart from its template, and where that one belongs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from store import cipher


@dataclass(frozen=True, slots=True)
class Credential:
    """What may be shown of a credential: all but its template."""

    id: str
    factor: str
    label: str
    format: str
    created_at: datetime
    last_used_at: datetime | None
    disabled_at: datetime | None
    virtual: bool
    failures: int
    expires_at: datetime | None
    last_used_from: str | None = None


def template_seed(key: bytes, factor: str) -> bytes:
    """Derive what protects the templates of a factor from their subject's key.

    It lives and dies with that key, and another key-encryption key does not change it.
    """
    return cipher.derive(key, f"template seed|{factor}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a template belongs; sealed with it, so that it opens nowhere else."""

    account_id: str
    factor: str
    format: str
    credential_id: str
    version: int

    def aad(self) -> bytes:
        """Return the associated data of the template's cipher."""
        parts = [self.account_id, self.factor, self.format, self.credential_id, self.version]
        return json.dumps(parts).encode()
