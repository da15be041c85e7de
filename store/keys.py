"""The provider's signing keys; the private halves sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, text

from contracts.errors import Conflict
from store import once
from store.models import signing_keys
from store.work import Work

_HOLD = text("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair: `public` is a JWK (RFC 7517), `private` what its keeper needs to sign with it.

    It is published at once, signs from `signs_from` and is withdrawn at `retires_at`.
    """

    kid: str
    alg: str
    public: dict[str, Any]
    private: bytes = field(repr=False)
    signs_from: datetime
    retires_at: datetime | None = None


class SigningKeys:
    """Keeps signing keys."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, key: SigningKey) -> None:
        """Store a key. Raises Conflict where its kid exists."""
        sealed = self._work.vault.seal(_context(key.kid), key.private)
        row = {**asdict(key), "private": sealed, "created_at": self._work.now()}
        if not once.add(self._work.connection, signing_keys, row):
            raise Conflict

    def retire(self, kid: str, at: datetime) -> None:
        """Say when a key is withdrawn."""
        statement = signing_keys.update().where(signing_keys.c.kid == kid)
        self._work.connection.execute(statement.values(retires_at=at))

    def list(self) -> Sequence[SigningKey]:
        """Return the keys that are not withdrawn, the first to sign first. Raises Tampered."""
        retires_at = signing_keys.c.retires_at
        return self._select(or_(retires_at.is_(None), retires_at > self._work.now()))

    def hold(self) -> Sequence[SigningKey]:
        """Return `list()`, and let nobody else change a key until this transaction has ended."""
        if not self._work.database.is_sqlite:  # which lets one transaction write at a time anyway
            self._work.connection.execute(_HOLD)
        return self.list()

    def withdrawn(self) -> Sequence[SigningKey]:
        """Return the keys whose time is over. Raises Tampered."""
        return self._select(signing_keys.c.retires_at <= self._work.now())

    def remove(self, kid: str) -> None:
        """Delete a key."""
        self._work.connection.execute(signing_keys.delete().where(signing_keys.c.kid == kid))

    def _select(self, condition: ColumnElement[bool]) -> Sequence[SigningKey]:
        query = select(signing_keys).where(condition)
        order = query.order_by(signing_keys.c.signs_from, signing_keys.c.kid)
        return [self._open(row) for row in self._work.connection.execute(order).all()]

    def _open(self, row: Row[Any]) -> SigningKey:
        private = self._work.vault.unseal(_context(row.kid), row.private)
        return SigningKey(row.kid, row.alg, row.public, private, row.signs_from, row.retires_at)


def _context(kid: str) -> str:
    return f"signing_keys|{kid}"
