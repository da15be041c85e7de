"""Whose credential an answer names, where it says so itself."""

from __future__ import annotations

from contracts.factor import Answer, Ask, Factor
from contracts.signals import Signalling
from store import Transaction


def claimed(tx: Transaction, factor: Factor, answer: Answer) -> str | None:
    """Return whose credential the answer names; a disabled account is as good as none."""
    unique = factor.claimed(answer)
    owner = tx.credentials.owner(factor.name, unique) if unique else None
    account = tx.accounts.get(owner) if owner else None
    return account.id if account and account.admitted else None


def unknown(tx: Transaction, factor: Factor, answer: Answer) -> Ask | None:
    """Return what the browser should hear where the answer names what nobody has."""
    if not isinstance(factor, Signalling):
        return None
    unique = factor.claimed(answer)
    if not unique or tx.credentials.exists(factor.name, unique):
        return None
    return factor.unknown(unique)
