"""Authentication requests that a backend makes for a person (CIBA Core 1.0).

A request without an account can never be approved: it is what a client gets for somebody who is
not there, cannot be reached, or is left in peace, and it looks to the client like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from store import once
from store.handles import new_handle
from store.models import backchannel_devices, backchannel_requests
from store.polled import OPEN, Poll, Polled, Status
from store.work import Work

REMEMBERED = timedelta(minutes=10)
"""How long an expired request is still told from one that never was."""

PING = "ping"
"""The kind of message that tells a client that a person has decided."""

POLLED = Polled(backchannel_requests)


@dataclass(frozen=True, slots=True)
class BackchannelRequest:
    """A request that waits for its person; `id` names it on pages and is no secret."""

    id: str
    client_id: str
    account_id: str
    request: dict[str, Any] = field(repr=False)
    matched: bool
    created_at: datetime
    expires_at: datetime


class BackchannelRequests:
    """Keeps requests under the keyed hash of `auth_req_id`; what was asked is sealed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def put(
        self,
        auth_req_id: str,
        client_id: str,
        account_id: str | None,
        request: Mapping[str, Any],
        *,
        interval: int,
        lifetime: timedelta,
    ) -> bool:
        """Remember a request; False where it reaches nobody, as beside one that is open still."""
        self._close_expired(account_id)
        row = self._row(auth_req_id, request, lifetime)
        row |= {"client_id": client_id, "account_id": account_id, "interval": interval}
        if once.add(self._work.connection, backchannel_requests, row):
            return account_id is not None
        once.add(self._work.connection, backchannel_requests, {**row, "account_id": None})
        return False

    def open_for(self, account_id: str, browser: str) -> BackchannelRequest | None:
        """Return what waits for a person in this browser."""
        query = select(backchannel_requests).where(
            backchannel_requests.c.account_id == account_id, self._shown_in(browser)
        )
        row = self._work.connection.execute(query).one_or_none()
        return None if row is None else self._open(row)

    def waiting(self, browser: str) -> str | None:
        """Return the id of what waits in this browser, for whomever."""
        query = select(backchannel_requests.c.id_hash).where(self._shown_in(browser))
        newest = query.order_by(backchannel_requests.c.created_at.desc()).limit(1)
        return self._work.connection.execute(newest).scalar_one_or_none()

    def match(self, request: BackchannelRequest, browser: str) -> bool:
        """Note that the person knows the number; this browser alone goes on from here."""
        values = {"status": Status.MATCHED.value, "browser_hash": self._work.vault.browser(browser)}
        return self._change(request, values, backchannel_requests.c.status == Status.PENDING.value)

    def approve(self, request: BackchannelRequest, browser: str, grant_id: str) -> bool:
        """Let the next poll have the grant; True for one decision alone.

        What was asked is forgotten: the grant holds what is left of it.
        """
        values = {"status": Status.APPROVED.value, "grant_id": grant_id, "request": b""}
        return self._change(
            request,
            values,
            backchannel_requests.c.status == Status.MATCHED.value,
            backchannel_requests.c.browser_hash == self._work.vault.browser(browser),
        )

    def deny(self, request: BackchannelRequest) -> bool:
        """Refuse, and forget what was asked; True for one decision alone."""
        return self._change(request, {"status": Status.DENIED.value, "request": b""})

    def poll(self, auth_req_id: str, client_id: str) -> Poll:
        """Answer one poll of a client."""
        return POLLED.poll(self._work, self._hash(auth_req_id), client_id)

    def named(self, auth_req_id: str) -> str:
        """Return the id of the request that a client knows by this name."""
        return self._hash(auth_req_id)

    def _change(
        self, request: BackchannelRequest, values: Mapping[str, Any], *more: ColumnElement[bool]
    ) -> bool:
        where = (backchannel_requests.c.id_hash == request.id, self._undecided(), *more)
        return once.change(self._work.connection, backchannel_requests, values, *where) is not None

    def _shown_in(self, browser: str) -> ColumnElement[bool]:
        """Select what may be shown: its person chose this browser, and no other has taken it on."""
        hashed = self._work.vault.browser(browser)
        reached = select(backchannel_devices.c.account_id).where(
            backchannel_devices.c.browser_hash == hashed
        )
        free = or_(
            backchannel_requests.c.status == Status.PENDING.value,
            backchannel_requests.c.browser_hash == hashed,
        )
        return and_(backchannel_requests.c.account_id.in_(reached), free, self._undecided())

    def _undecided(self) -> ColumnElement[bool]:
        return and_(
            backchannel_requests.c.status.in_(OPEN),
            backchannel_requests.c.expires_at > self._work.now(),
        )

    def _close_expired(self, account_id: str | None) -> None:
        """Make room: of one person's requests one may be open, and time alone closes none."""
        table = backchannel_requests
        statement = table.update().where(
            table.c.account_id == (account_id or ""),
            table.c.status.in_(OPEN),
            table.c.expires_at <= self._work.now(),
        )
        self._work.connection.execute(statement.values(account_id=None))

    def _row(
        self, auth_req_id: str, request: Mapping[str, Any], lifetime: timedelta
    ) -> dict[str, Any]:
        hashed, now = self._hash(auth_req_id), self._work.now()
        return {
            "id_hash": hashed,
            "request": self._work.vault.seal_json(_context(hashed), request),
            "status": Status.PENDING.value,
            "created_at": now,
            "expires_at": now + lifetime,
            "forget_at": now + lifetime + REMEMBERED,
        }

    def _open(self, row: Row[Any]) -> BackchannelRequest:
        return BackchannelRequest(
            id=row.id_hash,
            client_id=row.client_id,
            account_id=row.account_id,
            request=self._work.vault.unseal_json(_context(row.id_hash), row.request),
            matched=row.status == Status.MATCHED,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )

    def _hash(self, auth_req_id: str) -> str:
        return self._work.vault.digest("auth_req_id", auth_req_id)


def new_auth_req_id() -> str:
    """Return a fresh `auth_req_id` (CIBA Core 1.0, section 7.3)."""
    return new_handle()


def _context(hashed: str) -> str:
    return f"backchannel request|{hashed}"
