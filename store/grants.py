"""What a person let a client have: the family of one authorization's codes and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, select

from contracts.assurance import Assurance
from store.handles import new_id
from store.models import Instant, clients, grants, live_grants
from store.statuses import Statuses
from store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What was asked for and allowed.

    `resource` holds resource indicators (RFC 8707), `authorization_details` their objects
    (RFC 9396), `claims` the claims request (OpenID Connect Core, section 5.5), `jkt` the thumbprint
    of the key that the tokens are bound to (RFC 9449).
    """

    scope: str
    nonce: str | None = None
    resource: tuple[str, ...] = ()
    authorization_details: tuple[dict[str, Any], ...] = ()
    claims: dict[str, Any] = field(default_factory=dict)
    jkt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Access):
    """One authorization, with the assurance it was given under.

    `status_list` and `status_index` say where backends find whether it was revoked, if anywhere.
    """

    id: str
    account_id: str
    client_id: str
    sid: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    status_list: int | None = None
    status_index: int | None = None

    def live(self, now: datetime) -> bool:
        """Tell whether tokens may still be issued under it."""
        return self.revoked_at is None and self.expires_at > now


@dataclass(frozen=True, slots=True)
class Held:
    """What a client holds of a person by all its living grants."""

    client_id: str
    client_name: str
    scope: str
    since: datetime
    until: datetime


class Grants:
    """Keeps grants."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(
        self,
        assurance: Assurance,
        client_id: str,
        access: Access,
        lifetime: timedelta,
        *,
        listed: bool = False,
    ) -> Grant:
        """Begin the family of one authorization; `listed`, it has a place in a status list."""
        grant = Grant(
            id=new_id(),
            account_id=assurance.subject,
            client_id=client_id,
            sid=assurance.sid,
            acr=assurance.acr,
            amr=assurance.amr,
            auth_time=assurance.auth_time,
            expires_at=self._work.now() + lifetime,
            **{item.name: getattr(access, item.name) for item in fields(Access)},
        )
        if listed:
            status_list, index = Statuses(self._work).place(self._row(grant))
            return replace(grant, status_list=status_list, status_index=index)
        self._work.connection.execute(_OPEN, self._row(grant))
        return grant

    def get(self, grant_id: str) -> Grant | None:
        """Return a grant, live or not."""
        row = self._work.connection.execute(_GET, {"id": grant_id}).one_or_none()
        return None if row is None else read_grant(row._mapping)

    def held(self, account_id: str) -> Sequence[Held]:
        """Return what each client holds of a person now."""
        of = (clients.c.id, clients.c.name, grants.c.scope, grants.c.created_at)
        query = (
            select(*of, grants.c.expires_at)
            .join_from(grants, clients)
            .where(grants.c.account_id == account_id, grants.c.id.in_(live_grants(_NOW)))
            .order_by(grants.c.created_at)
        )
        found: dict[str, Held] = {}
        for row in self._work.connection.execute(query, {"now": self._work.now()}):
            held = Held(*row)
            found[held.client_id] = _joined(found.get(held.client_id, held), held)
        return list(found.values())

    def list(self, account_id: str) -> Sequence[Grant]:
        """Return every grant of an account that is still kept, live or not, the oldest first."""
        query = select(*COLUMNS).where(grants.c.account_id == account_id)
        rows = self._work.connection.execute(query.order_by(grants.c.created_at))
        return [read_grant(row._mapping) for row in rows]

    def bind(self, grant: Grant, jkt: str) -> Grant:
        """Bind the refresh tokens of a grant to a key (RFC 9449, section 5)."""
        statement = grants.update().where(grants.c.id == grant.id).values(jkt=jkt)
        self._work.connection.execute(statement)
        return replace(grant, jkt=jkt)

    def revoke(self, grant_id: str) -> None:
        """Revoke one grant."""
        self._revoke(grants.c.id == grant_id)

    def revoke_session(self, sid: str) -> None:
        """Revoke every grant of a session."""
        self._revoke(grants.c.sid == sid)

    def revoke_client(self, account_id: str, client_id: str) -> None:
        """Revoke every grant that an account gave a client."""
        self._revoke(and_(grants.c.account_id == account_id, grants.c.client_id == client_id))

    def revoke_account(self, account_id: str, but: str = "") -> Sequence[str]:
        """Revoke every grant of an account but those of one session.

        Returns the `sid` of each, to one caller alone.
        """
        return self._revoke(and_(grants.c.account_id == account_id, grants.c.sid != but))

    def revoke_all(self, client_id: str) -> None:
        """Revoke every grant of a client."""
        self._revoke(grants.c.client_id == client_id)

    def _revoke(self, condition: ColumnElement[bool]) -> Sequence[str]:
        statement = grants.update().where(condition, grants.c.revoked_at.is_(None))
        revoked = statement.values(revoked_at=self._work.now()).returning(*_ENDED)
        rows = self._work.connection.execute(revoked).all()
        Statuses(self._work).end([row for row in rows if row.status_list is not None])
        return [row.sid for row in rows]

    def _row(self, grant: Grant) -> dict[str, Any]:
        row = {column.name: getattr(grant, column.name) for column in COLUMNS}
        lists = {name: list(row[name]) for name in _LISTS}
        return {**row, **lists, "created_at": self._work.now()}


def read_grant(row: RowMapping) -> Grant:
    """Return the grant of a row that has `COLUMNS`, and maybe others."""
    values = {column.name: row[column.name] for column in COLUMNS}
    return Grant(**{**values, **{name: tuple(values[name]) for name in _LISTS}})


def _joined(one: Held, other: Held) -> Held:
    scope = " ".join(dict.fromkeys([*one.scope.split(), *other.scope.split()]))
    return replace(one, scope=scope, until=max(one.until, other.until))


_NOW = bindparam("now", type_=Instant)
COLUMNS = [grants.c[name] for name in Grant.__dataclass_fields__]
_LISTS = ("amr", "resource", "authorization_details")
_ENDED = (grants.c.sid, grants.c.status_list, grants.c.status_index, grants.c.expires_at)
_OPEN = grants.insert()
_GET = select(*COLUMNS).where(grants.c.id == bindparam("id"))
