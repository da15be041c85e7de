"""People on their way to an account: nothing of theirs is an account's before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from contracts.assurance import AuthEvent
from store import once
from store.encoding import dump_events, load_events
from store.handles import new_handle, new_id
from store.models import signups
from store.work import Work


@dataclass(frozen=True, slots=True)
class Signup:
    """What a person has shown and chosen so far, as it was read, at one version.

    `account_id` is the id that the account will have; `login` the handle of the login that goes on
    with it. `address` is empty until it was shown to be theirs, by `events`.
    """

    account_id: str = field(default_factory=new_id)
    login: str = field(default="", repr=False)
    address: str = ""
    events: tuple[AuthEvent, ...] = ()
    username: str = ""
    handle_hash: str = field(default="", repr=False)
    version: int = 0


class Signups:
    """Keeps sign-ups, each bound to one browser and sealed; they advance by compare-and-swap."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self, signup: Signup, browser: str, lifetime: timedelta) -> str:
        """Keep a new sign-up and return its handle."""
        handle = new_handle()
        handle_hash = self._hash(handle)
        row = {
            "handle_hash": handle_hash,
            "browser_hash": self._work.vault.browser(browser),
            "state": self._seal(handle_hash, signup),
            "version": 1,
            "expires_at": self._work.now() + lifetime,
        }
        self._work.connection.execute(signups.insert(), row)
        return handle

    def find(self, handle: str, browser: str) -> Signup | None:
        """Return this browser's sign-up; None where unknown, over or expired."""
        query = select(signups).where(
            signups.c.handle_hash == self._hash(handle),
            signups.c.browser_hash == self._work.vault.browser(browser),
            signups.c.expires_at > self._work.now(),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def advance(self, signup: Signup) -> bool:
        """Write what was shown or chosen, if nobody else has written since it was read."""
        state = self._seal(signup.handle_hash, signup)
        values = {"state": state, "version": signup.version + 1}
        return once.change(self._work.connection, signups, values, *_is(signup)) is not None

    def close(self, signup: Signup) -> bool:
        """End the sign-up; True for one caller alone, and only at the version that was read."""
        return once.take(self._work.connection, signups, *_is(signup)) is not None

    def _seal(self, handle_hash: str, signup: Signup) -> bytes:
        return self._work.vault.seal_json(_context(handle_hash), _dump(signup))

    def _open(self, row: Row[Any]) -> Signup:
        state = self._work.vault.unseal_json(_context(row.handle_hash), row.state)
        events = load_events(state.pop("events"))
        return Signup(**state, events=events, handle_hash=row.handle_hash, version=row.version)

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("signup", handle)


def _dump(signup: Signup) -> Mapping[str, Any]:
    return {
        "account_id": signup.account_id,
        "login": signup.login,
        "address": signup.address,
        "events": dump_events(signup.events),
        "username": signup.username,
    }


def _is(signup: Signup) -> tuple[ColumnElement[bool], ...]:
    same = signups.c.handle_hash == signup.handle_hash
    return same, signups.c.version == signup.version


def _context(handle_hash: str) -> str:
    return f"signups|{handle_hash}"
