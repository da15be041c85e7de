"""Calls under way: what was measured of who speaks, never a sound.

It is sealed under the person's own key: once that is erased, no backup tells it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from store import cipher, once
from store.handles import new_handle
from store.models import is_active, voice_calls
from store.voice_notes import VoiceNote
from store.work import Work


@dataclass(frozen=True, slots=True)
class VoiceCall:
    """A call as it was read, at one version; `note` is what it began as an answer to."""

    id: str = field(repr=False)
    account_id: str
    client_id: str
    note: str = field(repr=False)
    state: Mapping[str, Any] = field(repr=False)
    version: int


class VoiceCalls:
    """Keeps them under the keyed hash of their handle; they go on by compare-and-swap."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, note: VoiceNote, state: Mapping[str, Any], lifetime: timedelta) -> str:
        """Begin a call; return its handle. Another that answered the same is over."""
        handle = new_handle()
        id = self._hash(handle)
        same = voice_calls.c.transaction_hash == note.id
        self._work.connection.execute(voice_calls.delete().where(same))
        row = {
            **{"handle_hash": id, "account_id": note.account_id, "client_id": note.client_id},
            **{"transaction_hash": note.id, "version": 1},
            "state": self._seal(id, note.account_id, state),
            "expires_at": self._work.now() + lifetime,
        }
        self._work.connection.execute(voice_calls.insert(), row)
        return handle

    def find(self, handle: str, client_id: str) -> VoiceCall | None:
        """Return a call of this client; None where it has none of this handle."""
        query = select(voice_calls).where(
            voice_calls.c.handle_hash == self._hash(handle),
            voice_calls.c.client_id == client_id,
            voice_calls.c.expires_at > self._work.now(),
            is_active(voice_calls.c.account_id),
        )
        row = self._work.connection.execute(query).one_or_none()
        if row is None:
            return None
        key = self._work.keystore.subject_key(row.account_id)
        state = json.loads(cipher.unseal(key, row.state, _context(row.handle_hash)))
        of = (row.handle_hash, row.account_id, row.client_id, row.transaction_hash)
        return VoiceCall(*of, state, row.version)

    def go_on(self, call: VoiceCall, state: Mapping[str, Any], lifetime: timedelta) -> bool:
        """Write what was measured since, if no other segment was heard meanwhile."""
        values = {
            "state": self._seal(call.id, call.account_id, state),
            "version": call.version + 1,
            "expires_at": self._work.now() + lifetime,
        }
        return once.change(self._work.connection, voice_calls, values, *_is(call)) is not None

    def end(self, call: VoiceCall) -> bool:
        """Forget a call; True for one caller alone, and only at the version that was read."""
        return once.take(self._work.connection, voice_calls, *_is(call)) is not None

    def forget(self, account_id: str, client_id: str) -> None:
        """End whatever calls a client has of a person."""
        mine = (voice_calls.c.account_id == account_id) & (voice_calls.c.client_id == client_id)
        self._work.connection.execute(voice_calls.delete().where(mine))

    def forget_all(self, account_id: str) -> None:
        """Forget all there is of a person."""
        mine = voice_calls.c.account_id == account_id
        self._work.connection.execute(voice_calls.delete().where(mine))

    def _seal(self, id: str, account_id: str, state: Mapping[str, Any]) -> bytes:
        key = self._work.keystore.subject_key(account_id)
        return cipher.seal(key, json.dumps(state).encode(), _context(id))

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("voice call", handle)


def _is(call: VoiceCall) -> tuple[ColumnElement[bool], ...]:
    return voice_calls.c.handle_hash == call.id, voice_calls.c.version == call.version


def _context(id: str) -> bytes:
    return f"voice_calls|{id}".encode()
