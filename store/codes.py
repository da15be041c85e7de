"""Authorization codes (RFC 6749, section 4.1.2; RFC 7636)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from store import once
from store.handles import new_handle
from store.models import codes, live_grants
from store.work import Work


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was issued for."""

    grant_id: str
    redirect_uri: str
    code_challenge: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A code or token came a second time: whoever holds this grant's family may be a thief."""

    grant_id: str


class Codes:
    """Keeps codes under their keyed hash; a spent one is kept as long as its grant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(
        self, grant_id: str, redirect_uri: str, code_challenge: str, lifetime: timedelta
    ) -> str:
        """Issue a code."""
        code = new_handle()
        row = {
            "code_hash": self._hash(code),
            "grant_id": grant_id,
            "redirect_uri": redirect_uri,
            "code_challenge": code_challenge,
            "expires_at": self._work.now() + lifetime,
        }
        self._work.connection.execute(codes.insert().values(row))
        return code

    def redeem(self, code: str) -> Code | Replayed | None:
        """Spend a code: Code for one caller, Replayed for the others, None where it never counted.

        Raising out of the transaction gives the code back: return what follows from a refusal.
        """
        row = once.change(
            self._work.connection,
            codes,
            {"redeemed_at": self._work.now()},
            codes.c.code_hash == self._hash(code),
            codes.c.redeemed_at.is_(None),
            codes.c.expires_at > self._work.now(),
            codes.c.grant_id.in_(live_grants(self._work.now())),
        )
        if row is None:
            return self._replayed(code)
        return Code(row.grant_id, row.redirect_uri, row.code_challenge)

    def _replayed(self, code: str) -> Replayed | None:
        query = select(codes.c.grant_id).where(
            codes.c.code_hash == self._hash(code), codes.c.redeemed_at.is_not(None)
        )
        grant_id = self._work.connection.execute(query).scalar_one_or_none()
        return None if grant_id is None else Replayed(grant_id)

    def _hash(self, code: str) -> str:
        return self._work.vault.digest("code", code)
