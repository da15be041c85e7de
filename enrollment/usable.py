"""Which factors there are, and whose credentials of them may be verified now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from contracts.abilities import Reachable
from contracts.errors import Expired, NotAllowed, Tampered
from contracts.factor import Channel, Enrolled, Factor, Kind, Subject
from enrollment.consent import stands
from store import Transaction


def usable(
    tx: Transaction, account_id: str, factor: Factor, biometric_failures: int
) -> Sequence[Enrolled]:
    """Return them decrypted; a biometric that was refused so often in a row rests.

    So does what its owner has not agreed to, as it is kept and compared now.
    """
    if not stands(tx, account_id, factor):
        return ()
    if factor.kind is Kind.INHERENCE:
        return tx.credentials.enrolled(account_id, factor.name, failures_below=biometric_failures)
    return tx.credentials.enrolled(account_id, factor.name)


def named(factors: Mapping[str, Factor], name: str) -> Factor:
    """Return the factor of a name. Raises NotAllowed where there is none."""
    if name not in factors:
        raise NotAllowed(detail=f"no factor {name!r}")
    return factors[name]


def begins(factor: Factor) -> bool:
    """Tell whether a login can begin with a factor: who they are is said before it, or by it."""
    return factor.usernameless or (factor.kind is Kind.KNOWLEDGE and not factor.many)


def readable(tx: Transaction, account_id: str, factor: str) -> Sequence[Enrolled]:
    """Return what can be read: what is told about an account does not end at one bad row."""
    try:
        return tx.credentials.enrolled(account_id, factor)
    except Tampered:
        return ()


def addresses(
    tx: Transaction, account_id: str, factors: Iterable[Factor]
) -> Iterator[tuple[Channel, str]]:
    """Yield where messages reach the owner of an account, as they have shown it."""
    for factor in factors:
        if isinstance(factor, Reachable):
            yield from factor.addresses(readable(tx, account_id, factor.name))


def subject_of(tx: Transaction, account_id: str | None) -> Subject:
    """Return the subject of an account, nobody where there is none. Raises Expired: disabled."""
    account = tx.accounts.get(account_id) if account_id else None
    if account is None:
        return Subject("", "")
    if account.disabled_at is not None:
        raise Expired(detail="the account is disabled")
    return account.subject
