"""What an account holds, seen through its factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.clock import Clock
from contracts.factor import Enrolled, Factor, Kind, Subject
from gateway.login.plan import Wallet, wallet
from store import Account, Store, Transaction


class Wallets:
    """Reads accounts and their usable credentials."""

    def __init__(
        self,
        store: Store,
        factors: Mapping[str, Factor],
        clock: Clock,
        *,
        biometric_failures: int,
    ) -> None:
        self._store = store
        self._factors = factors
        self._clock = clock
        self._biometric_failures = biometric_failures

    def of(self, account_id: str) -> Wallet:
        """Return what an account can prove and could add; a resting biometric is left out."""
        with self._store.read() as tx:
            enrolled = {name: self._usable(tx, account_id, name) for name in self._factors}
        return wallet(self._factors, enrolled, self._clock.now())

    def subject(self, account_id: str) -> Subject:
        """Return the subject of an account that exists; nobody where it is disabled."""
        with self._store.read() as tx:
            return _subject(tx.accounts.get(account_id), "")

    def named(self, username: str) -> Subject:
        """Return the subject of a name; a subject without id where there is none."""
        with self._store.read() as tx:
            return _subject(tx.accounts.find(username), username)

    def _usable(self, tx: Transaction, account_id: str, factor: str) -> Sequence[Enrolled]:
        found = tx.credentials.enrolled(account_id, factor)
        if self._factors[factor].kind is not Kind.INHERENCE:
            return found
        failures = {c.id: c.failures for c in tx.credentials.list(account_id)}
        return [e for e in found if failures[e.credential_id] < self._biometric_failures]


def _subject(account: Account | None, username: str) -> Subject:
    if account is None or account.disabled_at is not None:
        return Subject("", username)
    return Subject(account.id, account.username, account.email)
