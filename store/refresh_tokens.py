"""Rotating refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from store import once
from store.codes import Replayed
from store.handles import new_handle
from store.models import live_grants, refresh_tokens
from store.work import Work


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token was issued for."""

    grant_id: str


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
        self._work.connection.execute(refresh_tokens.insert().values(row))
        return token

    def redeem(self, token: str) -> RefreshToken | Replayed | None:
        """Spend a token: RefreshToken for one caller, Replayed for the others, None otherwise.

        Raising out of the transaction gives the token back: return what follows from a refusal.
        """
        row = once.change(
            self._work.connection,
            refresh_tokens,
            {"redeemed_at": self._work.now()},
            refresh_tokens.c.token_hash == self._hash(token),
            refresh_tokens.c.redeemed_at.is_(None),
            refresh_tokens.c.expires_at > self._work.now(),
            refresh_tokens.c.grant_id.in_(live_grants(self._work.now())),
        )
        return self._replayed(token) if row is None else RefreshToken(row.grant_id)

    def _replayed(self, token: str) -> Replayed | None:
        query = select(refresh_tokens.c.grant_id).where(
            refresh_tokens.c.token_hash == self._hash(token),
            refresh_tokens.c.redeemed_at.is_not(None),
        )
        grant_id = self._work.connection.execute(query).scalar_one_or_none()
        return None if grant_id is None else Replayed(grant_id)

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("refresh token", token)
