"""How often captures can be used, and people be enrolled: rates, never scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pydantic import Field

from contracts.abilities import Attack, Attackable
from contracts.text import Text
from enrollment.consent import consent_of
from gateway.admin.actor import Actor
from gateway.admin.operation import Model, Nothing, operation
from gateway.admin.tools import Tools
from store.trail.samples import REFUSED, Enrolments, Outcome

VERIFYING = "verify"
WORDS: Mapping[str, Text] = {
    "no_speech": Text("no speech was heard"),
    "too_short": Text("too little speech"),
    "too_long": Text("too long"),
    "too_quiet": Text("too quiet"),
    "too_loud": Text("too loud: it is cut off"),
    "too_noisy": Text("too much noise around"),
    "muffled": Text("muffled"),
    "second_voice": Text("a second voice"),
    "repeated": Text("the same recording again"),
    "no_agreement": Text("recordings that are not alike"),
    "unclear": Text("the words were not understood"),
    "too_late": Text("the answer came too late"),
    "unreadable": Text("a file that cannot be read"),
    "incomplete": Text("a file that is not whole"),
    "other_format": Text("a file of another kind"),
    "too_large": Text("a file that is too large"),
    "empty": Text("an empty file"),
}
"""Why a capture could not be used, in words; what is not here is told by its name."""


class Period(Model):
    """For how long to look back, and how far at most."""

    days: int = Field(30, ge=1, le=366, description="How many days to look back")
    entries: int = Field(
        10_000, ge=1, le=10_000_000, description="How many entries of the trail count, the newest"
    )


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
    """What was wrong with captures, by name and in `words`.

    `share` is of all that were refused for this purpose.
    """

    factor: str
    purpose: str
    reason: str
    words: str
    count: int
    share: float


class Reasons(Model):
    """What was wrong, the most frequent first."""

    reasons: list[Reason]


class Passing(Model):
    """A species of attacks on one factor (ISO/IEC 30107-3), and the share that is let pass.

    `apcer` was measured in so many `tries`, on a species that the detector had not learnt from;
    `apcer_upper` is its 95 % bound. `words` say what it is.
    """

    factor: str
    species: str
    words: str
    apcer: float
    apcer_upper: float
    tries: int


class Attacks(Model):
    """What can deceive the factors that measure people, the worst of each first."""

    attacks: list[Passing]


class Biometrics:
    """What can be known of captures, without knowing anything of a person."""

    def __init__(self, tools: Tools) -> None:
        self._store = tools.store
        self._clock = tools.clock
        known = tools.known_factors.items()
        self._measuring = sorted(name for name, factor in known if consent_of(factor))
        self._attackable = [(n, each) for n, each in sorted(known) if isinstance(each, Attackable)]

    @operation("GET", "/biometrics/quality")
    def quality(self, actor: Actor, period: Period) -> Quality:
        """Show how often captures could not be used, and people not be enrolled."""
        since = self._clock.now() - timedelta(days=period.days)
        with self._store.read() as tx:
            outcomes = tx.trail.samples.outcomes(since, period.entries)
            enrolled = tx.trail.samples.enrolments(since, period.entries)
        enrolments = {each.factor: each for each in enrolled}
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
            outcomes = tx.trail.samples.outcomes(since, period.entries)
        refused = [each for each in outcomes if each.event == REFUSED]
        totals: Counter[tuple[str, str]] = Counter()
        for each in refused:
            totals[each.factor, each.purpose] += each.count
        ordered = sorted(refused, key=lambda each: -each.count)
        return Reasons(
            reasons=[_reason(each, totals[each.factor, each.purpose]) for each in ordered]
        )

    @operation("GET", "/biometrics/attacks")
    def attacks(self, actor: Actor, taken: Nothing) -> Attacks:
        """Show which attacks are not detected, and how many of each are let pass."""
        return Attacks(
            attacks=[
                _passing(name, each) for name, factor in self._attackable for each in factor.attacks
            ]
        )


def _passing(name: str, attack: Attack) -> Passing:
    return Passing(
        factor=name,
        species=attack.species,
        words=str(attack.words),
        apcer=attack.passed,
        apcer_upper=attack.upper,
        tries=attack.tries,
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
        words=str(WORDS.get(refused.reason, refused.reason)),
        count=refused.count,
        share=round(refused.count / total, 4),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
