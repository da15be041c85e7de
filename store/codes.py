"""Authorization codes (RFC 6749, section 4.1.2; RFC 7636)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from store.handles import new_handle
from store.models import codes
from store.redeemable import Redeemable, Replayed
from store.work import Work

REDEEMABLE = Redeemable(codes)
_PUT = codes.insert()


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was issued for."""

    grant_id: str
    redirect_uri: str
    code_challenge: str
    dpop_jkt: str | None = None


class Codes:
    """Keeps codes under their keyed hash; a spent one is kept as long as its grant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(self, issued: Code, lifetime: timedelta) -> str:
        """Issue a code."""
        code = new_handle()
        row = {
            **asdict(issued),
            "code_hash": self._hash(code),
            "expires_at": self._work.now() + lifetime,
        }
        self._work.connection.execute(_PUT, row)
        return code

    def redeem(self, code: str) -> Code | Replayed | None:
        """Spend a code: Code for one caller, Replayed for the others, None where it never counted.

        Raising out of the transaction gives the code back: return what follows from a refusal.
        """
        row = REDEEMABLE.redeem(self._work, self._hash(code))
        if row is None or isinstance(row, Replayed):
            return row
        return Code(row.grant_id, row.redirect_uri, row.code_challenge, row.dpop_jkt)

    def _hash(self, code: str) -> str:
        return self._work.vault.digest("code", code)
