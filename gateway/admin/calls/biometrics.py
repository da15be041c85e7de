"""How often captures can be used, and people be enrolled: rates, never scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from pydantic import Field

from enrollment.consent import consent_of
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, operation
from gateway.admin.tools import Tools
from store.trail.samples import REFUSED, Enrolments, Outcome

VERIFYING = "verify"


class Period(Model):
    """For how long to look back."""

    days: int = Field(30, ge=1, le=366, description="How many days to look back")


class Acquired(Model):
    """One factor; `fta` is the share of captures to log in that could not be used.

    `fte` is the share of people who tried to enrol it and had not by the end. Both are empty
    where nobody tried.
    """

    factor: str
    captures: int
    unused: int
    fta: float | None
    people: int
    not_enrolled: int
    fte: float | None


class Quality(Model):
    """Every factor that measures people, by its name."""

    factors: list[Acquired]


class Reason(Model):
    """What was wrong with captures; `share` is of all that were refused for this purpose."""

    factor: str
    purpose: str
    reason: str
    count: int
    share: float


class Reasons(Model):
    """What was wrong, the most frequent first."""

    reasons: list[Reason]


class Biometrics:
    """What can be known of captures, without knowing anything of a person."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        known = tools.known_factors.items()
        self._measuring = sorted(name for name, factor in known if consent_of(factor))

    @operation("GET", "/biometrics/quality")
    def quality(self, actor: Actor, period: Period) -> Quality:
        """Show how often captures could not be used, and people not be enrolled."""
        since = self._clock.now() - timedelta(days=period.days)
        with self._store.read() as tx:
            outcomes = tx.trail.samples.outcomes(since)
            enrolments = {each.factor: each for each in tx.trail.samples.enrolments(since)}
        nobody = Enrolments("", 0, 0)
        return Quality(
            factors=[
                _acquired(name, outcomes, enrolments.get(name, nobody)) for name in self._measuring
            ]
        )

    @operation("GET", "/biometrics/refusals")
    def refusals(self, actor: Actor, period: Period) -> Reasons:
        """Show what was wrong with captures that could not be used."""
        since = self._clock.now() - timedelta(days=period.days)
        with self._store.read() as tx:
            outcomes = tx.trail.samples.outcomes(since)
        refused = [each for each in outcomes if each.event == REFUSED]
        totals: Counter[tuple[str, str]] = Counter()
        for each in refused:
            totals[each.factor, each.purpose] += each.count
        ordered = sorted(refused, key=lambda each: -each.count)
        return Reasons(
            reasons=[_reason(each, totals[each.factor, each.purpose]) for each in ordered]
        )


def _acquired(name: str, outcomes: Sequence[Outcome], enrolments: Enrolments) -> Acquired:
    mine = [each for each in outcomes if each.factor == name and each.purpose in {"", VERIFYING}]
    captures = sum(each.count for each in mine)
    unused = sum(each.count for each in mine if each.event == REFUSED)
    failed = enrolments.people - enrolments.enrolled
    return Acquired(
        factor=name,
        captures=captures,
        unused=unused,
        fta=_share(unused, captures),
        people=enrolments.people,
        not_enrolled=failed,
        fte=_share(failed, enrolments.people),
    )


def _reason(refused: Outcome, total: int) -> Reason:
    return Reason(
        factor=refused.factor,
        purpose=refused.purpose,
        reason=refused.reason,
        count=refused.count,
        share=round(refused.count / total, 4),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
