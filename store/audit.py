"""What happened, for the operator: entries that are linked, and are never changed again.

To whom something happened, and who did it, is kept as a pseudonym; the rest that is personal is
sealed under their key. So an erasure takes it away, and the chain holds all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from contracts.errors import Tampered
from store.acting import who
from store.keystore import pseudonym
from store.models import accounts, audit
from store.trail import personal
from store.work import Work

SOURCE_LENGTH = 64
SYSTEM = "system:"
"""What the id of an actor begins with who has no account."""

_ADD = audit.insert()
_SUBJECTS = accounts.alias("subjects")
_ACTORS = accounts.alias("actors")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted; `id` is a pseudonym once they are erased, and their name and address are gone."""

    id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Record:
    """One event: who, through which client, from where; `detail` holds no secret.

    `account_id` is a pseudonym once the person is erased. `erased`: what was said cannot be read
    any more. `altered`: something is not what was written, and is left out. `actor` is an operator;
    None where people acted for themselves.
    """

    id: int
    at: datetime
    event: str
    account_id: str | None
    client_id: str | None
    source: str
    detail: dict[str, Any]
    username: str = ""
    actor: Actor | None = None
    erased: bool = False
    altered: bool = False
    checkpoint: int | None = field(default=None, compare=False)


class Audit:
    """Appends to the trail and reads it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(
        self,
        event: str,
        *,
        account_id: str | None = None,
        client_id: str | None = None,
        source: str = "",
        detail: Mapping[str, Any] | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Append an event; `facts` are ids of ours, kept readable and without a look at a key."""
        where = (*self._work.chain.place(), event)
        said = {"source": source[:SOURCE_LENGTH], "detail": dict(detail or {})}
        content = {name: value for name, value in said.items() if value}
        row = {
            "at": self._work.now(),
            "event": event,
            "subject": self._pseudonym(account_id),
            "client_id": client_id,
            "personal": personal.seal(self._work, account_id or personal.NOBODY, content, where),
            **self._acting(where, facts or {}),
        }
        self._work.connection.execute(_ADD, self._work.chain.link(row))

    def last(
        self, event: str, account_id: str | None = None, since: datetime | None = None
    ) -> Record | None:
        """Return the newest event of this name, since then, about an account or about nobody."""
        query = WHOLE.where(self._about(account_id), audit.c.event == event)
        found = self._read(query if since is None else query.where(audit.c.at >= since), 1)
        return found[0] if found else None

    def of(
        self, account_id: str, events: Iterable[str], limit: int, before: int | None = None
    ) -> Sequence[Record]:
        """Return an account's last events of these kinds, the newest first, older than an id."""
        query = WHOLE.where(self._about(account_id), audit.c.event.in_([*events]))
        return self._read(query if before is None else query.where(audit.c.id < before), limit)

    def subjects(self, event: str) -> Sequence[str]:
        """Return the pseudonyms of those to whom an event happened."""
        query = select(audit.c.subject).where(audit.c.event == event)
        return [each for each in self._work.connection.scalars(query) if each is not None]

    def list(self, limit: int) -> Sequence[Record]:
        """Return the last events, the newest first."""
        return self._read(WHOLE, limit)

    def _about(self, account_id: str | None) -> ColumnElement[bool]:
        return audit.c.subject == self._pseudonym(account_id)

    def _pseudonym(self, account_id: str | None) -> str | None:
        return pseudonym(self._work.vault, account_id) if account_id else None

    def _acting(self, where: tuple[str, int, str], facts: Mapping[str, str]) -> dict[str, Any]:
        """Return the columns that say in whose name it is done."""
        actor = who()
        if actor is None:
            return {"actor": None, "acted": None, "facts": dict(facts) or None}
        if actor.id.startswith(SYSTEM):
            return {"actor": actor.id, "acted": None, "facts": {**facts, "actor": actor.name}}
        told = {"address": actor.address[:SOURCE_LENGTH]} if actor.address else {}
        sealed = personal.seal(self._work, actor.id, told, where)
        return {
            "actor": self._pseudonym(actor.id),
            "acted": sealed,
            "facts": dict(facts) or None,
        }

    def _read(self, query: Select[Any], limit: int) -> Sequence[Record]:
        newest = query.order_by(audit.c.id.desc()).limit(limit)
        rows = self._work.connection.execute(newest).all()
        return read(self._work, rows)


def read(work: Work, rows: Sequence[Row[Any]]) -> list[Record]:
    """Unseal what can be unsealed of some rows, which `WHOLE` has selected."""
    ids = {each for row in rows for each in (row.account_id, row.actor_id) if each}
    found = personal.keys(work, {*ids, personal.NOBODY}) if rows else {}
    names = {each: pseudonym(work.vault, each) for each in ids}
    return [_checked(row, found, names) for row in rows]


def _checked(row: Row[Any], found: personal.Keys, names: Mapping[str, str]) -> Record:
    """Read a row; of one that was altered, what is not believed is left out."""
    whose = ((row.account_id, row.subject), (row.actor_id, row.actor))
    try:
        if any(each and names[each] != kept for each, kept in whose):
            raise Tampered(detail="an account was given the pseudonym of another")
        return _record(row, found)
    except Tampered:
        left = row.id, row.at, row.event, row.subject, row.client_id
        return Record(*left, "", {}, altered=True, checkpoint=row.checkpoint)


def _record(row: Row[Any], found: personal.Keys) -> Record:
    where = (row.writer, row.seq, row.event)
    subject_id = row.account_id if row.subject else personal.NOBODY
    said = personal.unseal(found, subject_id or "", row.personal, where)
    facts = {name: value for name, value in (row.facts or {}).items() if name != "actor"}
    return Record(
        id=row.id,
        at=row.at,
        event=row.event,
        account_id=row.account_id or row.subject,
        client_id=row.client_id,
        source=(said or {}).get("source", ""),
        detail={**facts, **(said or {}).get("detail", {})},
        username=row.username or "",
        actor=_actor(row, found),
        erased=said is None,
        checkpoint=row.checkpoint,
    )


def _actor(row: Row[Any], found: personal.Keys) -> Actor | None:
    if row.actor is None:
        return None
    if row.actor.startswith(SYSTEM):
        return Actor(row.actor, (row.facts or {}).get("actor", ""), "")
    where = (row.writer, row.seq, row.event)
    told = personal.unseal(found, row.actor_id or "", row.acted, where) or {}
    return Actor(row.actor_id or row.actor, row.actor_name or "", told.get("address", ""))


WHOLE = (
    select(
        audit,
        _SUBJECTS.c.id.label("account_id"),
        _SUBJECTS.c.username,
        _ACTORS.c.id.label("actor_id"),
        _ACTORS.c.username.label("actor_name"),
    )
    .select_from(audit)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.pseudonym == audit.c.subject)
    .outerjoin(_ACTORS, _ACTORS.c.pseudonym == audit.c.actor)
)
