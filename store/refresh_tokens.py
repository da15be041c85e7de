"""Rotating refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from store.handles import new_handle
from store.models import refresh_tokens
from store.redeemable import Redeemable, Replayed
from store.work import Work

REDEEMABLE = Redeemable(refresh_tokens)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token was issued for."""

    grant_id: str


@dataclass(frozen=True, slots=True)
class Unspent:
    """A refresh token that may still be redeemed, if its grant lives."""

    grant_id: str
    expires_at: datetime


class RefreshTokens:
    """Keeps refresh tokens under their keyed hash; a spent one is kept as long as its grant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, grant_id: str, lifetime: timedelta) -> str:
        """Issue a refresh token; it never outlives its grant."""
        token, now = new_handle(), self._work.now()
        row = {
            "token_hash": self._hash(token),
            "grant_id": grant_id,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(refresh_tokens.insert(), row)
        return token

    def find(self, token: str) -> Unspent | None:
        """Return a token that is neither spent nor expired."""
        query = select(refresh_tokens.c.grant_id, refresh_tokens.c.expires_at).where(
            refresh_tokens.c.token_hash == self._hash(token),
            refresh_tokens.c.redeemed_at.is_(None),
            refresh_tokens.c.expires_at > self._work.now(),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else Unspent(row.grant_id, row.expires_at)

    def redeem(self, token: str) -> RefreshToken | Replayed | None:
        """Spend a token: RefreshToken for one caller, Replayed for the others, None otherwise.

        Raising out of the transaction gives the token back: return what follows from a refusal.
        """
        row = REDEEMABLE.redeem(self._work, self._hash(token))
        return row if row is None or isinstance(row, Replayed) else RefreshToken(row.grant_id)

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("refresh token", token)
