"""Logins under way, each bound to one browser and, after its first proof, to one account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from contracts.assurance import AuthEvent, Requirement
from contracts.errors import Expired
from store import once
from store.encoding import dump_events, dump_requirement, load_events, load_requirement
from store.handles import new_handle
from store.models import is_admitted, logins
from store.work import Work


@dataclass(frozen=True, slots=True)
class Login:
    """A login as it was read, at one version.

    `signals` name what is unusual about it; None until its first proof.
    """

    handle_hash: str = field(repr=False)
    account_id: str | None
    requirement: Requirement
    return_to: str
    cancel_to: str
    events: tuple[AuthEvent, ...]
    failures: int
    version: int
    created_at: datetime
    signals: tuple[str, ...] | None = None


class Logins:
    """Keeps logins; they advance by compare-and-swap."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(
        self,
        browser: str,
        requirement: Requirement,
        return_to: str,
        cancel_to: str,
        lifetime: timedelta,
    ) -> str:
        """Begin a login and return its handle."""
        handle = new_handle()
        now = self._work.now()
        row = {
            "handle_hash": self._hash(handle),
            "browser_hash": self._work.vault.browser(browser),
            "requirement": dump_requirement(requirement),
            "return_to": return_to,
            "cancel_to": cancel_to,
            **{"events": [], "failures": 0, "version": 1},
            **{"created_at": now, "expires_at": now + lifetime},
        }
        self._work.connection.execute(logins.insert(), row)
        return handle

    def find(self, handle: str, browser: str) -> Login | None:
        """Return this browser's login; None where unknown, over, expired or disabled."""
        admitted = is_admitted(logins.c.account_id)
        query = select(logins).where(
            logins.c.handle_hash == self._hash(handle),
            logins.c.browser_hash == self._work.vault.browser(browser),
            logins.c.expires_at > self._work.now(),
            or_(logins.c.account_id.is_(None), admitted),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else _login(row)

    def known(self, handle_hash: str) -> Login | None:
        """Return a login of any browser; None where over, expired, disabled or nobody's yet."""
        query = select(logins).where(
            logins.c.handle_hash == handle_hash,
            logins.c.expires_at > self._work.now(),
            is_admitted(logins.c.account_id),
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else _login(row)

    def under_way(self, account_id: str) -> Sequence[Login]:
        """Return the logins of an account, of any browser, that can still be finished."""
        query = select(logins).where(
            logins.c.account_id == account_id, logins.c.expires_at > self._work.now()
        )
        return [_login(row) for row in self._work.connection.execute(query)]

    def advance(
        self,
        login: Login,
        *,
        account_id: str | None,
        events: Iterable[AuthEvent],
        signals: Sequence[str] | None = None,
    ) -> bool:
        """Write new events if nobody else has; an account, once set, never changes."""
        same = or_(logins.c.account_id.is_(None), logins.c.account_id == account_id)
        values = {
            "account_id": account_id,
            "events": dump_events(events),
            "signals": None if signals is None else list(signals),
            "version": login.version + 1,
        }
        return self._change(values, _is(login), logins.c.version == login.version, same) is not None

    def failed(self, login: Login) -> int:
        """Count a failed proof; return how many there are so far. Raises Expired."""
        row = self._change({"failures": logins.c.failures + 1}, _is(login))
        if row is None:
            raise Expired
        return int(row.failures)

    def finish(self, login: Login) -> bool:
        """End the login if nothing was added to it or taken back; True for one caller alone."""
        same = logins.c.version == login.version
        return once.take(self._work.connection, logins, _is(login), same) is not None

    def close(self, login: Login) -> bool:
        """Give the login up, however it stands; True for one caller alone."""
        return once.take(self._work.connection, logins, _is(login)) is not None

    def end_all(self, account_id: str) -> None:
        """End every login under way of an account."""
        self._work.connection.execute(logins.delete().where(logins.c.account_id == account_id))

    def _change(self, values: dict[str, Any], *where: ColumnElement[bool]) -> Row[Any] | None:
        return once.change(self._work.connection, logins, values, *where)

    def _hash(self, handle: str) -> str:
        return self._work.vault.digest("login", handle)


def _is(login: Login) -> ColumnElement[bool]:
    return logins.c.handle_hash == login.handle_hash


def _login(row: Row[Any]) -> Login:
    return Login(
        handle_hash=row.handle_hash,
        account_id=row.account_id,
        requirement=load_requirement(row.requirement),
        return_to=row.return_to,
        cancel_to=row.cancel_to,
        events=load_events(row.events),
        failures=row.failures,
        version=row.version,
        created_at=row.created_at,
        signals=None if row.signals is None else tuple(row.signals),
    )
