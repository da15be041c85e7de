"""All that is kept of a person, for them to take along (GDPR, Articles 15 and 20).

`docs/privacy.md` says what each key means. Secrets and templates are no data of theirs to carry
elsewhere: they open this account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from contracts.clock import Clock
from contracts.errors import Expired
from contracts.factor import Factor
from enrollment.usable import addresses
from gateway.account.history import WORDS
from gateway.callers import caller
from store import Account, Store, Transaction

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FORMAT = "gatehouse-account/1"
ALL = 2**31 - 1
DAY = timedelta(days=1)

Rows = list[dict[str, Any]]


class Export:
    """Puts an account into one JSON object."""

    def __init__(
        self, store: Store, clock: Clock, factors: Mapping[str, Factor], issuer: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._factors = factors
        self._issuer = issuer

    def take(self, account_id: str, *, key: str = "") -> dict[str, Any]:
        """Return it and note in the trail that it was taken. Raises Expired.

        It is made anew each time and kept nowhere; with a `key` it is noted once within a day.
        """
        with self._store.write() as tx:
            account = tx.accounts.get(account_id)
            if account is None:
                raise Expired(detail="the account is gone")
            if not key or tx.once.spend(key, DAY):
                tx.audit.add("account.exported", account_id=account_id, source=caller().address)
            return {
                "format": FORMAT,
                "issuer": self._issuer,
                "exported_at": self._clock.now(),
                "account": _plain(account, ("disabled_at",)),
                "addresses": self._addresses(tx, account),
                "factors": _factors(tx, account),
                "sessions": _sessions(tx, account),
                "consents": [_plain(each) for each in tx.consents.list(account_id)],
                "biometric_consents": _agreed(tx, account),
                "voice_note_consents": [_plain(one) for one in tx.voice.consents.list(account_id)],
                "grants": _grants(tx, account),
                "history": _history(tx, account),
            }

    def _addresses(self, tx: Transaction, account: Account) -> Rows:
        found = addresses(tx, account.id, self._factors.values())
        return [{"channel": channel.value, "address": address} for channel, address in found]


def _factors(tx: Transaction, account: Account) -> Rows:
    return [_plain(each, ("failures", "format")) for each in tx.credentials.list(account.id)]


def _sessions(tx: Transaction, account: Account) -> Rows:
    return [
        {
            "created_at": each.created_at,
            "last_used_at": each.last_used_at,
            "expires_at": each.expires_at,
            "device": each.agent,
            "address": each.source,
            "proofs": [{"factor": proof.factor, "at": proof.at} for proof in each.events],
        }
        for each in tx.sessions.list(account.id)
    ]


def _agreed(tx: Transaction, account: Account) -> Rows:
    hidden = ("id", "account_id")
    return [_plain(each, hidden) for each in tx.biometric_consents.list(account.id)]


def _grants(tx: Transaction, account: Account) -> Rows:
    hidden = ("account_id", "sid", "nonce", "jkt")
    return [_plain(each, hidden) for each in tx.grants.list(account.id)]


def _history(tx: Transaction, account: Account) -> Rows:
    return [
        {
            "at": record.at,
            "event": record.event,
            "factor": record.detail.get("factor"),
            "client_id": record.client_id,
            "device": record.detail.get("device"),
            "address": record.source or None,
        }
        for record in tx.audit.of(account.id, WORDS, ALL)
    ]


def _plain(row: DataclassInstance, hidden: Sequence[str] = ()) -> dict[str, Any]:
    names = (field.name for field in fields(row))
    return {name: getattr(row, name) for name in names if name not in hidden}


def as_json(export: object) -> str:
    """Return an export as JSON, its moments as in RFC 3339."""
    return json.dumps(export, default=_moment, indent=1, ensure_ascii=False)


def _moment(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
