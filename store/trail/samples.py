"""How often captures could be used, and people be enrolled: counted, and never scored.

Of the entries since a time only so many are looked at, the newest, so that what it costs is bounded
however many people there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, or_, select

from store.models import audit
from store.work import Work

REFUSED = "sample.refused"
FAILED = "enrolment.failed"
ADDED = "credential.added"
JUDGED = ("factor.accepted", "factor.rejected", "factor.forged")
ENROLLING = "enroll"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of so many captures; `reason` and `purpose` are those of a refusal."""

    factor: str
    event: str
    purpose: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Enrolments:
    """How many people recorded something to enrol a factor, and how many of them have."""

    factor: str
    people: int
    enrolled: int


class Samples:
    """Counts what the trail says of captures; nothing of it is unsealed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def outcomes(self, since: datetime, entries: int) -> Sequence[Outcome]:
        """Return what became of captures to verify, and of those that were refused."""
        newest = _newest(since, entries)
        noted = _noted(newest, newest.c.event.in_([REFUSED, *JUDGED])).subquery()
        names = (noted.c.factor, noted.c.event, noted.c.purpose, noted.c.reason)
        counted = select(*names, func.count()).group_by(*names).order_by(*names)
        rows = self._work.connection.execute(counted)
        return [Outcome(row[0], row[1], row[2] or "", row[3] or "", row[4]) for row in rows]

    def enrolments(self, since: datetime, entries: int) -> Sequence[Enrolments]:
        """Return how many people could be enrolled, of those who tried."""
        newest = _newest(since, entries)
        refused = and_(newest.c.event == REFUSED, _said(newest, "purpose") == ENROLLING)
        tried = or_(newest.c.event.in_([FAILED, ADDED]), refused)
        noted = _noted(newest, and_(tried, newest.c.subject.is_not(None))).subquery()
        added = func.max(case((noted.c.event == ADDED, 1), else_=0)).label("added")
        person = select(noted.c.factor, added).group_by(noted.c.factor, noted.c.subject).subquery()
        counted = select(person.c.factor, func.count(), func.sum(person.c.added))
        rows = self._work.connection.execute(counted.group_by(person.c.factor))
        return [Enrolments(factor, people, enrolled) for factor, people, enrolled in rows]


def _newest(since: datetime, entries: int) -> Subquery:
    """Select so many entries, the newest that are not older."""
    query = select(audit.c.event, audit.c.subject, audit.c.facts).where(audit.c.at >= since)
    return query.order_by(audit.c.at.desc()).limit(entries).subquery()


def _noted(newest: Subquery, wanted: Any) -> Select[Any]:  # noqa: ANN401  # a clause of any operator
    """Select what entries say of captures in clear."""
    said = [_said(newest, name).label(name) for name in ("factor", "purpose", "reason")]
    query = select(newest.c.event, newest.c.subject, *said)
    return query.where(wanted, _said(newest, "factor").is_not(None))


def _said(newest: Subquery, name: str) -> Any:  # noqa: ANN401  # a JSON member has no closer type
    return newest.c.facts[name].as_string()
