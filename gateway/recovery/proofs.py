"""What proves a recovery and what it may add: pure decisions from factors and proofs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from contracts.abilities import Reachable
from contracts.assurance import AuthEvent
from contracts.factor import Factor, Kind
from gateway import policy
from gateway.login.plan import Offer, Wallet

NEEDED = 2
"""Proofs that begin a recovery."""


def counts(proof: AuthEvent) -> bool:
    """Whether a proof is one that a recovery can rest on.

    A remembered device is a convenience, a biometric that we compared never counts alone, and a
    set of codes that is used up proves nothing.
    """
    lasting = not proof.proof.remembered and not policy.compared_here(proof)
    return lasting and bool(proof.kinds)


def independent(one: AuthEvent, other: AuthEvent) -> bool:
    """Whether two proofs are not lost, or stolen, with one thing."""
    if not (counts(one) and counts(other)):
        return False
    channels = {one.proof.address_code, other.proof.address_code}
    return one.factor != other.factor or (None not in channels and len(channels) == NEEDED)


def enough(proofs: Sequence[AuthEvent]) -> bool:
    """Whether two of these proofs are independent."""
    return any(independent(one, other) for one in proofs for other in proofs)


def everybodys(factors: Iterable[Factor]) -> list[Offer]:
    """Return what a recovery can begin with: the same for all, whatever they have."""
    lasting = [each for each in factors if not each.silent and each.kind is not Kind.INHERENCE]
    return [Offer(factor.name, "", factor.title, "") for factor in lasting]


def remaining(wallet: Wallet, proofs: Sequence[AuthEvent]) -> list[Offer]:
    """Return what an account has beside what it has proven."""
    return [
        offer
        for offer, prospect in wallet.have
        if any(independent(prospect, proof) for proof in proofs)
    ]


def beyond(wallet: Wallet) -> bool:
    """Whether an account reaches a level that two proofs are not enough to come back to."""
    return wallet.best().satisfies(policy.Acr("aal3"))


def addable(factors: Iterable[Factor], proven: Collection[str]) -> list[Offer]:
    """Return what can come in the place of what was lost.

    What began the recovery was not lost and stays as it is. An address, or codes on paper, would
    only prove the next recovery.
    """
    return [
        Offer(factor.name, "", factor.title, "", enrol=True)
        for factor in factors
        if factor.on_the_way
        and not factor.silent
        and not isinstance(factor, Reachable)
        and factor.kind is not Kind.INHERENCE
        and factor.name not in proven
    ]
