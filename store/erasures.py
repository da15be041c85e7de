"""People who leave: planned, called off while there is time, and then forgotten.

The subject key goes first (`store.keystore`), between `begin` and `finish`: whatever is left if it
all ends there cannot be read. Each step may be taken again. At the end a signed proof is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select

from store import once
from store.audit import Audit
from store.endings import Endings
from store.grants import Grants
from store.keystore import pseudonym
from store.models import (
    EPOCH,
    Instant,
    accounts,
    metadata,
    operators,
    policies,
    recoveries,
    webhooks,
)
from store.models import erasure_proofs as proofs
from store.signer import Signer
from store.work import Work

BATCH = 100
ERASED = "account.erased"
PROOF = "erasure-proof+jwt"
"""The `typ` of a proof."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody who is forgotten: what stands for them, the proof, and what was kept to tell them.

    `reach` is what `keep_reach` was given.
    """

    pseudonym: str
    proof: str
    reach: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of an erasure, a JWS in the compact form."""

    pseudonym: str
    asked_at: datetime
    erased_at: datetime
    proof: str


class Erasures:
    """Keeps when each account is to be forgotten, and forgets it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def plan(self, account_id: str, at: datetime) -> bool:
        """Have an account erased at a time, ending every session; False where that was planned."""
        unplanned = accounts.c.erase_at.is_(None) | (accounts.c.erase_at > at)
        mine, values = accounts.c.id == account_id, {"erase_at": at}
        row = once.change(self._work.connection, accounts, values, mine, unplanned)
        if row is not None:
            Endings(self._work).account(account_id)
            self._note(account_id)
        return row is not None

    def call_off(self, account_id: str) -> bool:
        """Keep an account; False once its time has come."""
        in_time = accounts.c.erase_at > self._work.now()
        mine, values = accounts.c.id == account_id, {"erase_at": None}
        kept = once.change(self._work.connection, accounts, values, mine, in_time) is not None
        if kept:
            planned = (proofs.c.pseudonym == self._pseudonym(account_id)) & _UNFINISHED
            self._work.connection.execute(proofs.delete().where(planned))
        return kept

    def due(self) -> Sequence[str]:
        """Return some of the accounts whose time has come."""
        query = select(accounts.c.id).where(accounts.c.erase_at <= self._work.now())
        return self._work.connection.scalars(query.order_by(accounts.c.erase_at).limit(BATCH)).all()

    def begin(self, account_id: str) -> bool:
        """Shut an account whose time has come for good: no clock that is behind brings it back."""
        now = self._work.now()
        values = {
            "erase_at": EPOCH,
            "disabled_at": func.coalesce(accounts.c.disabled_at, literal(now, Instant)),
        }
        come = accounts.c.erase_at <= now
        mine = accounts.c.id == account_id
        return once.change(self._work.connection, accounts, values, mine, come) is not None

    def keep_reach(self, account_id: str, reach: Mapping[str, Any]) -> None:
        """Keep, sealed, where the person can be told; it cannot be read once their key is gone.

        What was kept before stays: begun anew after a crash, there is nothing left to be read.
        """
        self._note(account_id)
        whose = self._pseudonym(account_id)
        sealed = self._work.vault.seal_json(_context(whose), reach)
        mine, first = proofs.c.pseudonym == whose, proofs.c.farewell.is_(None)
        once.change(self._work.connection, proofs, {"farewell": sealed}, mine, first)

    def finish(self, account_id: str, destroyed_at: datetime, issuer: str) -> Erased | None:
        """Delete all that an account had, and sign that it is gone; None where that was done.

        The trail keeps what happened, and names nobody.
        """
        rows = self._rows(account_id)
        Grants(self._work).revoke_account(account_id)
        if once.take(self._work.connection, accounts, accounts.c.id == account_id) is None:
            return None
        self._rename(account_id)
        Audit(self._work).add(ERASED, account_id=account_id)
        return self._prove(account_id, issuer, {"key": destroyed_at, "rows": rows})

    def recorded(self) -> Sequence[str]:
        """Return the pseudonym of every account that was ever erased."""
        finished = select(proofs.c.pseudonym).where(proofs.c.erased_at.is_not(None))
        proven = self._work.connection.scalars(finished).all()
        return list({*Audit(self._work).subjects(ERASED), *proven})

    def proof(self, whose: str) -> Proof | None:
        """Return the proof that somebody was erased, by their pseudonym."""
        mine = _PROVEN.where(proofs.c.pseudonym == whose)
        row = self._work.connection.execute(mine).one_or_none()
        return None if row is None else Proof(**row._mapping)

    def proofs(self, after: str, limit: int) -> Sequence[Proof]:
        """Return some of the proofs, by pseudonym."""
        query = _PROVEN.where(proofs.c.pseudonym > after).order_by(proofs.c.pseudonym)
        return [Proof(**row._mapping) for row in self._work.connection.execute(query.limit(limit))]

    def among(self, erased: Iterable[str]) -> Sequence[str]:
        """Return the accounts that are here although they were erased, by their pseudonyms."""
        known = set(erased)
        ids = self._work.connection.scalars(select(accounts.c.id)) if known else ()
        return [found for found in ids if pseudonym(self._work.vault, found) in known]

    def _prove(self, account_id: str, issuer: str, done: Mapping[str, Any]) -> Erased:
        """Sign when it was asked for and done, and how many rows of which tables went."""
        whose, now = self._pseudonym(account_id), self._work.now()
        row = self._work.connection.execute(select(proofs).where(proofs.c.pseudonym == whose)).one()
        claims = {
            "iss": issuer,
            "iat": int(now.timestamp()),
            "sub": whose,
            "asked_at": row.asked_at.isoformat(),
            "key_destroyed_at": done["key"].isoformat(),
            "rows_deleted_at": now.isoformat(),
            "rows": done["rows"],
        }
        signed = Signer(self._work.vault).sign(claims, PROOF)
        values = {"proof": signed, "erased_at": now, "farewell": None}
        once.change(self._work.connection, proofs, values, proofs.c.pseudonym == whose)
        reach = self._work.vault.unseal_json(_context(whose), row.farewell) if row.farewell else {}
        return Erased(whose, signed, reach)

    def _rename(self, account_id: str) -> None:
        """Put the pseudonym where somebody acted as an operator, as the trail has it."""
        for column in _ACTED:
            renamed = column.table.update().where(column == account_id)
            self._work.connection.execute(renamed, {column.name: self._pseudonym(account_id)})

    def _rows(self, account_id: str) -> dict[str, int]:
        """Count what an account has, by table: all of it goes with the account."""
        counts = {accounts.name: 1}
        for table in metadata.sorted_tables:
            if any(key.column is accounts.c.id for key in table.foreign_keys):
                mine = select(func.count()).where(table.c.account_id == account_id)
                counts[table.name] = self._work.connection.execute(mine).scalar_one()
        return {name: count for name, count in counts.items() if count}

    def _note(self, account_id: str) -> None:
        """Write down when it was asked for first."""
        row = {"pseudonym": self._pseudonym(account_id), "asked_at": self._work.now()}
        once.add(self._work.connection, proofs, row)

    def _pseudonym(self, account_id: str) -> str:
        return pseudonym(self._work.vault, account_id)


_ACTED = (
    *(operators.c.granted_by, policies.c.changed_by, webhooks.c.created_by),
    *(recoveries.c.started_by, recoveries.c.approved_by),
)
_UNFINISHED = proofs.c.erased_at.is_(None)
_PROVEN = select(proofs.c.pseudonym, proofs.c.asked_at, proofs.c.erased_at, proofs.c.proof).where(
    proofs.c.erased_at.is_not(None)
)


def _context(whose: str) -> str:
    return f"erasure_proofs|{whose}"
