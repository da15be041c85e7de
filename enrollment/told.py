"""What factors say of an account's credentials: to the person, and to the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.factor import Ask, Factor
from contracts.signals import Describing, Signalling
from contracts.text import Text
from enrollment.usable import readable
from store import Account, Credential, Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """Notes by credential, and signals."""

    notes: Mapping[str, Text] = field(default_factory=dict)
    signals: Sequence[Ask] = ()


def told_of(
    tx: Transaction,
    account: Account,
    factors: Iterable[Factor],
    credentials: Sequence[Credential],
) -> Told:
    """Ask every factor that has something to say."""
    notes: dict[str, Text] = {}
    signals: list[Ask] = []
    for factor in factors:
        if not isinstance(factor, Describing | Signalling):
            continue
        usable = readable(tx, account.id, factor.name)
        if isinstance(factor, Describing):
            notes |= {each.credential_id: factor.describe(each) for each in usable}
        # What is switched off comes back by nobody's hand: the device would have hidden it.
        if isinstance(factor, Signalling) and len(usable) == _count(credentials, factor):
            signals.append(factor.accepted(account.subject, usable))
    return Told(notes, signals)


def _count(credentials: Iterable[Credential], factor: Factor) -> int:
    return sum(credential.factor == factor.name for credential in credentials)
