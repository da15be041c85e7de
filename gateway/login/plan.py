"""What a login still needs: pure decisions from what was proven and what could be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.assurance import AuthEvent, Requirement
from contracts.factor import Enrolled, Factor, Verdict
from contracts.text import Text
from gateway import policy

Goal = Callable[[Sequence[AuthEvent]], bool]


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to go on: prove a factor, or add it on the way."""

    factor: str
    credential: str
    title: Text
    label: str
    enrol: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Nothing more is needed, or nothing more can be had."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The ways to go on; `optional` where the person may also go on without."""

    offers: Sequence[Offer]
    optional: bool = False


Prospects = Sequence[tuple[Offer, AuthEvent]]


@dataclass(frozen=True, slots=True)
class Wallet:
    """What an account can prove now, what it could add, and what it holds but cannot use now.

    `spare` are the factors that are used up: they stand in for others on the day these are lost.
    """

    have: Prospects
    could: Prospects
    locked: Prospects = ()
    spare: Collection[str] = ()

    def best(self) -> policy.Acr:
        """Return the level of all it holds: a factor locked by wrong answers lowers nothing.

        What is used up counts only where two factors cannot be had without it.
        """
        daily = self.daily()
        if daily.satisfies(policy.parse("mfa")):
            return daily
        return policy.level([event for _, event in [*self.have, *self.locked]])

    def daily(self) -> policy.Acr:
        """Return the level of all that it holds and that is not used up."""
        held = [*self.have, *self.locked]
        return policy.level([event for offer, event in held if offer.factor not in self.spare])


def event(factor: str, verdict: Verdict, at: datetime) -> AuthEvent:
    """Turn an accepted verdict into a proof of this login."""
    return AuthEvent(factor, verdict.kinds, verdict.amr, verdict.proof, at)


def wallet(
    factors: Mapping[str, Factor],
    usable: Mapping[str, Sequence[Enrolled]],
    held: Collection[str],
    now: datetime,
) -> Wallet:
    """List the prospects of an account, factor by factor.

    What is held but not usable, resting or disabled, cannot be proven and not be added anew.
    What browsers prove by themselves is no way that anybody could choose.
    """
    ways = [factor for factor in factors.values() if not factor.silent]
    free = [f for f in ways if f.on_the_way and (f.many or f.name not in held)]
    have = [p for f in ways for p in _prospects(f, usable.get(f.name, ()), now)]
    could = [_new(f, now) for f in free]
    locked = [_new(f, now) for f in ways if f.name in held and not usable.get(f.name)]
    spare = {factor.name for factor in ways if not factor.on_the_way}
    return Wallet(have, could, locked, spare)


def goals(
    requirement: Requirement, now: datetime, fresh: timedelta, raised: policy.Acr | None = None
) -> list[Goal]:
    """Return what to aim at, in order: each voluntary acr, then only what must be met.

    `raised` must be met besides: it is asked for because the login is unusual.
    """
    required = policy.parse(requirement.required_acr)
    essential = [policy.parse(name) for name in requirement.essential_acr]

    def least(reached: policy.Acr) -> bool:
        one = not essential or any(map(reached.satisfies, essential))
        usual = raised is None or reached.satisfies(raised)
        return usual and one and reached.satisfies(required)

    def reaching(*wanted: policy.Acr) -> Goal:
        def met(events: Sequence[AuthEvent]) -> bool:
            reached = policy.reach(events, now, fresh)
            return least(reached) and all(map(reached.satisfies, wanted))

        return met

    voluntary = [policy.parse(name) for name in requirement.acr_values if policy.known(name)]
    return [*map(reaching, voluntary), reaching()]


def plan(
    events: Sequence[AuthEvent], wallet: Wallet, goals: Sequence[Goal], *, enrol: bool
) -> Reached | Choice:
    """Say how to go on towards the first goal that can be reached."""
    met = goals[-1](events)
    for goal in goals:
        if goal(events):
            return Reached()
        offers = policy.useful(_without_used(events, wallet.have), events, goal)
        if not offers and enrol:
            offers = _adding(events, wallet, goal)
        if offers:
            return Choice(offers, optional=met)
    return Reached()


def _adding(events: Sequence[AuthEvent], wallet: Wallet, goal: Goal) -> list[Offer]:
    """Offer to add a factor, but only once all that the account has was proven.

    A remembered device does not spare it: what is bound to an account opens it for years.
    """
    events = policy.anew(events)
    have = _without_used(events, wallet.have)
    best = _raises(events, [*have, *_without_used(events, wallet.locked)])
    if best is not None:
        return policy.useful(have, events, best)
    could = [*have, *_without_used(events, wallet.could)]
    return policy.useful(could, events, goal)


def _raises(events: Sequence[AuthEvent], have: Prospects) -> Goal | None:
    everything = [*events, *(prospect for _, prospect in have)]
    highest = policy.level(everything)
    if highest.rank <= policy.level(events).rank:
        return None
    return lambda proven: policy.level(proven).satisfies(highest)


def _without_used(events: Sequence[AuthEvent], prospects: Prospects) -> Prospects:
    """Leave out what was proven, but for biometrics: theirs goes stale and is made again.

    So does an attested proof: what it attested counts for a while.
    """
    used = {event.factor: event for event in events if not policy.compared_here(event)}
    return [
        (offer, event)
        for offer, event in prospects
        if offer.factor not in used or event.proof.attested > used[offer.factor].proof.attested
    ]


def _new(factor: Factor, now: datetime) -> tuple[Offer, AuthEvent]:
    offer = Offer(factor.name, "", factor.title, "", enrol=True)
    return offer, event(factor.name, factor.prospect(()), now)


def _prospects(
    factor: Factor, enrolled: Sequence[Enrolled], now: datetime
) -> list[tuple[Offer, AuthEvent]]:
    if not factor.pick:
        groups = [("", "", enrolled)] if enrolled else []
    else:
        groups = [(one.credential_id, one.label, [one]) for one in enrolled]
    return [
        (Offer(factor.name, id, factor.title, label), event(factor.name, factor.prospect(of), now))
        for id, label, of in groups
    ]
