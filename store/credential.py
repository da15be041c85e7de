"""What is known of a credential, where its template belongs, and how that is opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, true

from contracts.errors import Tampered
from contracts.factor import Enrolled
from store import cipher
from store.keystore import SubjectKeys
from store.models import credentials


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


def opened(account_id: str, rows: Sequence[Row[Any]], keys: SubjectKeys) -> Sequence[Enrolled]:
    """Decrypt one subject's credentials. Raises Tampered: moved, rolled back, or erased."""
    if keys.key is None:
        raise Tampered(detail=f"the key of subject {account_id} is erased")
    return [_opened(row, keys.key, keys.versions.get(row.id, 0)) for row in rows]


def _opened(row: Row[Any], key: bytes, noted: int) -> Enrolled:
    if row.version < noted:
        raise Tampered(detail=f"credential {row.id} was rolled back")
    place = Place(row.account_id, row.factor, row.format, row.id, row.version)
    template = cipher.unseal(key, row.template, place.aad())
    seed = template_seed(key, row.factor)
    return Enrolled(row.id, template, row.format, row.version, row.label, seed)


def of(account_id: str, factor: str) -> ColumnElement[bool]:
    """Choose the credentials of one factor of an account."""
    return (credentials.c.account_id == account_id) & (credentials.c.factor == factor)


def usable(disabled: bool = False) -> ColumnElement[bool]:
    """Choose the credentials that count; `disabled`, those too that were disabled."""
    return true() if disabled else credentials.c.disabled_at.is_(None)
