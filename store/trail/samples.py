"""How often captures could be used, and people be enrolled: counted, and never scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

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

    def outcomes(self, since: datetime) -> Sequence[Outcome]:
        """Return what became of captures to verify, and of those that were refused."""
        noted = _noted(since, audit.c.event.in_([REFUSED, *JUDGED])).subquery()
        names = (noted.c.factor, noted.c.event, noted.c.purpose, noted.c.reason)
        counted = select(*names, func.count()).group_by(*names).order_by(*names)
        rows = self._work.connection.execute(counted)
        return [Outcome(row[0], row[1], row[2] or "", row[3] or "", row[4]) for row in rows]

    def enrolments(self, since: datetime) -> Sequence[Enrolments]:
        """Return how many people could be enrolled, of those who tried."""
        refused = and_(audit.c.event == REFUSED, _said("purpose") == ENROLLING)
        tried = or_(audit.c.event.in_([FAILED, ADDED]), refused)
        noted = _noted(since, and_(tried, audit.c.subject.is_not(None))).subquery()
        added = func.max(case((noted.c.event == ADDED, 1), else_=0)).label("added")
        person = select(noted.c.factor, added).group_by(noted.c.factor, noted.c.subject).subquery()
        counted = select(person.c.factor, func.count(), func.sum(person.c.added))
        rows = self._work.connection.execute(counted.group_by(person.c.factor))
        return [Enrolments(factor, people, enrolled) for factor, people, enrolled in rows]


def _noted(since: datetime, wanted: Any) -> Select[Any]:  # noqa: ANN401  # a clause of any operator
    """Select what entries say of captures in clear."""
    said = [_said(name).label(name) for name in ("factor", "purpose", "reason")]
    query = select(audit.c.event, audit.c.subject, *said)
    return query.where(audit.c.at >= since, _said("factor").is_not(None), wanted)


def _said(name: str) -> Any:  # noqa: ANN401  # a JSON member has no closer type
    return audit.c.facts[name].as_string()
