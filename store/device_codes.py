"""Device codes and the user codes beside them (RFC 8628)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from store import once
from store.handles import new_handle, typed
from store.models import device_codes
from store.polled import Poll, Polled, Status
from store.work import Work

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty letters without vowels: no words, no case, no digit taken for a letter (section 6.1)."""

LENGTH = 8
REMEMBERED = timedelta(minutes=10)
"""How long an expired code is still told from one that never was."""

POLLED = Polled(device_codes)


@dataclass(frozen=True, slots=True)
class Issued:
    """A pair of codes: one for the client to poll with, one for the person to type."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A request that waits for a person."""

    id_hash: str = field(repr=False)
    client_id: str
    request: dict[str, Any]
    created_at: datetime


class DeviceCodes:
    """Keeps both codes under their keyed hashes; what was asked is sealed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(
        self, client_id: str, request: Mapping[str, Any], *, interval: int, lifetime: timedelta
    ) -> Issued:
        """Remember a request and return its codes; `interval` in seconds."""
        while True:
            issued = Issued(new_handle(), new_user_code())
            row = self._row(issued, request, lifetime)
            row |= {"client_id": client_id, "interval": interval}
            if once.add(self._work.connection, device_codes, row):
                return issued

    def find(self, user_code: str) -> DeviceCode | None:
        """Return the request a person typed the code of; None where unknown, decided or expired."""
        query = select(device_codes).where(
            device_codes.c.user_code_hash == self._user_hash(user_code), self._undecided()
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def approve(self, code: DeviceCode, grant_id: str) -> bool:
        """Let the next poll have the grant; True for one decision alone."""
        return self._decide(code, status=Status.APPROVED.value, grant_id=grant_id)

    def deny(self, code: DeviceCode) -> bool:
        """Refuse; True for one decision alone."""
        return self._decide(code, status=Status.DENIED.value)

    def poll(self, device_code: str, client_id: str) -> Poll:
        """Answer one poll of a client."""
        return POLLED.poll(self._work, self._hash(device_code), client_id)

    def _decide(self, code: DeviceCode, **values: str) -> bool:
        same = device_codes.c.device_code_hash == code.id_hash
        where = (same, self._undecided())
        return once.change(self._work.connection, device_codes, values, *where) is not None

    def _undecided(self) -> ColumnElement[bool]:
        return and_(
            device_codes.c.status == Status.PENDING.value,
            device_codes.c.expires_at > self._work.now(),
        )

    def _row(
        self, issued: Issued, request: Mapping[str, Any], lifetime: timedelta
    ) -> dict[str, Any]:
        hashed, now = self._hash(issued.device_code), self._work.now()
        return {
            "device_code_hash": hashed,
            "user_code_hash": self._user_hash(issued.user_code),
            "request": self._work.vault.seal_json(_context(hashed), request),
            "status": Status.PENDING.value,
            "created_at": now,
            "expires_at": now + lifetime,
            "forget_at": now + lifetime + REMEMBERED,
        }

    def _open(self, row: Row[Any]) -> DeviceCode:
        hashed = row.device_code_hash
        request = self._work.vault.unseal_json(_context(hashed), row.request)
        return DeviceCode(hashed, row.client_id, request, row.created_at)

    def _hash(self, device_code: str) -> str:
        return self._work.vault.digest("device code", device_code)

    def _user_hash(self, user_code: str) -> str:
        return self._work.vault.digest("user code", typed(user_code))


def new_user_code() -> str:
    """Return a code for a person to type, 34 bits in two groups of four letters."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(user_code: str) -> str:
    """Return a code, however it was typed, as a device shows it."""
    letters = typed(user_code)
    return f"{letters[:4]}-{letters[4:]}"


def _context(hashed: str) -> str:
    return f"device code|{hashed}"
