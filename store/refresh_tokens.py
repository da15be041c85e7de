"""Refresh tokens (RFC 6749, section 6; RFC 9700, section 4.14.2): rotated or kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, or_, select

from store.handles import new_handle
from store.models import Instant, grants, live_grants, refresh_tokens
from store.redeemable import Redeemable, Replayed
from store.work import Work

GRACE = timedelta(seconds=10)
"""How long the holder of the key may ask again for the successor of a token just rotated."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who presents a token: a client, and the thumbprint of the key it has proven to hold."""

    client_id: str
    jkt: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh that counted: the grant behind it, and the token that its holder has from now on.

    `repeated` is one that was answered before, for a holder whom the answer did not reach.
    """

    grant_id: str
    token: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Unspent:
    """A refresh token that may still be used, if its grant lives."""

    grant_id: str
    expires_at: datetime


class RefreshTokens:
    """Keeps refresh tokens under their keyed hash; a spent one is kept as long as its grant.

    A token counts for the client it was issued to and, where its grant is bound to a key (RFC 9449,
    section 5), for the holder of that key; to anyone else it is unknown. Raising out of the
    transaction gives a spent token back: return what follows from a refusal.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, grant_id: str, lifetime: timedelta) -> str:
        """Issue a refresh token; it never outlives its grant."""
        return self._put(new_handle(), grant_id, lifetime)

    def find(self, token: str) -> Unspent | None:
        """Return a token that is neither spent nor expired."""
        values = {"hash": self._hash(token), "now": self._work.now()}
        row = self._work.connection.execute(_FIND, values).one_or_none()
        return None if row is None else Unspent(row.grant_id, row.expires_at)

    def rotate(
        self, token: str, holder: Holder, lifetime: timedelta
    ) -> RefreshToken | Replayed | None:
        """Spend a token and issue its successor: for one caller; Replayed for the others.

        Callers that prove the key of a bound grant all get one successor, within `GRACE` and until
        it is used itself: it is derived from the old token, so nobody has to store it in clear.
        """
        row = _REDEEMABLE.spend(self._work, self._hash(token), **_names(holder))
        if row is None:
            return self._repeated(token, holder) or self._replayed(token)
        successor = self._successor(token) if holder.jkt else new_handle()
        return RefreshToken(row.grant_id, self._put(successor, row.grant_id, lifetime))

    def use(
        self, token: str, holder: Holder, lifetime: timedelta
    ) -> RefreshToken | Replayed | None:
        """Use a token that stays the same, and move its end: it lives so long from now on."""
        now = self._work.now()
        values = {"hash": self._hash(token), "now": now, "end": now + lifetime, **_names(holder)}
        grant_id = self._work.connection.execute(_USE, values).scalar_one_or_none()
        return RefreshToken(grant_id, token) if grant_id else self._replayed(token)

    def _repeated(self, token: str, holder: Holder) -> RefreshToken | None:
        """Return the successor of a token that this holder of its key has just rotated."""
        if holder.jkt is None:
            return None
        successor, now = self._successor(token), self._work.now()
        values = {
            "hash": self._hash(token),
            "successor": self._hash(successor),
            "now": now,
            "since": now - GRACE,
            **_names(holder),
        }
        grant_id = self._work.connection.execute(_REPEATED, values).scalar_one_or_none()
        return RefreshToken(grant_id, successor, repeated=True) if grant_id else None

    def _replayed(self, token: str) -> Replayed | None:
        return _REDEEMABLE.replayed(self._work, self._hash(token))

    def _put(self, token: str, grant_id: str, lifetime: timedelta) -> str:
        now = self._work.now()
        row = {
            "token_hash": self._hash(token),
            "grant_id": grant_id,
            "created_at": now,
            "expires_at": now + lifetime,
        }
        self._work.connection.execute(_PUT, row)
        return token

    def _successor(self, token: str) -> str:
        return self._work.vault.digest("refresh token successor", token)

    def _hash(self, token: str) -> str:
        return self._work.vault.digest("refresh token", token)


def _names(holder: Holder) -> dict[str, str | None]:
    return {"holder": holder.client_id, "key": holder.jkt}


_PUT = refresh_tokens.insert()
_NOW = bindparam("now", type_=Instant)
_KEY = bindparam("key", type_=String)
_MINE = grants.c.client_id == bindparam("holder")
_REDEEMABLE = Redeemable(refresh_tokens, _MINE, or_(grants.c.jkt.is_(None), grants.c.jkt == _KEY))

_USE = (
    refresh_tokens.update()
    .where(*_REDEEMABLE.usable)
    .values(expires_at=bindparam("end", type_=Instant))
    .returning(refresh_tokens.c.grant_id)
)

_FIND = select(refresh_tokens.c.grant_id, refresh_tokens.c.expires_at).where(
    refresh_tokens.c.token_hash == bindparam("hash"),
    refresh_tokens.c.redeemed_at.is_(None),
    refresh_tokens.c.expires_at > _NOW,
)

_NEXT = refresh_tokens.alias("successor")
_REPEATED = select(refresh_tokens.c.grant_id).where(
    refresh_tokens.c.token_hash == bindparam("hash"),
    refresh_tokens.c.redeemed_at > bindparam("since", type_=Instant),
    _NEXT.c.token_hash == bindparam("successor"),
    _NEXT.c.grant_id == refresh_tokens.c.grant_id,
    _NEXT.c.redeemed_at.is_(None),
    _NEXT.c.expires_at > _NOW,
    refresh_tokens.c.grant_id.in_(live_grants(_NOW).where(_MINE, grants.c.jkt == _KEY)),
)
