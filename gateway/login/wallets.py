"""What an account holds, seen through its factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contracts.assurance import AuthEvent
from contracts.clock import Clock
from contracts.factor import Factor, Kind, Subject
from enrollment.usable import usable
from gateway import policy
from gateway.login.plan import Wallet, wallet
from store import Account, Store, Transaction

OPERATORS = "phr"
"""What people with a role show before they change what they log in with."""


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
        """Return what an account can prove and could add; a resting biometric is left out.

        Whoever has a role adds nothing on the way: what a password and a code let somebody add
        would open the house.
        """
        with self._store.read() as tx:
            operator = tx.operators.get(account_id)
            held = {credential.factor for credential in tx.credentials.list(account_id)}
            found = {
                name: usable(tx, account_id, factor, self._biometric_failures)
                for name, factor in self._factors.items()
                if name in held
            }
        whole = wallet(self._factors, found, held, self._clock.now())
        return replace(whole, could=()) if operator else whole

    def least(self, account_id: str) -> str:
        """Return the level that whoever changes factors must show: that of a passkey with a role.

        For all others it is the highest that their account can reach.
        """
        best = policy.label(self.of(account_id).best()) or "aal1"
        with self._store.read() as tx:
            operator = tx.operators.get(account_id)
        needed = operator is not None and not policy.satisfies(best, OPERATORS)
        return OPERATORS if needed else best

    def subject(self, account_id: str) -> Subject:
        """Return the subject of an account that exists; nobody where it is disabled."""
        with self._store.read() as tx:
            return _subject(tx.accounts.get(account_id), "")

    def named(self, username: str) -> Subject:
        """Return the subject of a name; a subject without id where there is none."""
        with self._store.read() as tx:
            return _subject(tx.accounts.find(username), username)

    def leaving(self, account_id: str) -> bool:
        """Whether the person is to be erased."""
        with self._store.read() as tx:
            account = tx.accounts.get(account_id)
        return account is not None and account.erase_at is not None

    def wake(self, tx: Transaction, account_id: str, events: Sequence[AuthEvent]) -> None:
        """Let resting biometrics be tried again, once other factors alone were enough for mfa."""
        others = [proof for proof in policy.anew(events) if not policy.compared_here(proof)]
        if policy.level(others).satisfies(policy.parse("mfa")):
            for factor in self._factors.values():
                if factor.kind is Kind.INHERENCE:
                    tx.credentials.forgive(account_id, factor.name)


def _subject(account: Account | None, username: str) -> Subject:
    if account is None or account.disabled_at is not None:
        return Subject("", username)
    return account.subject
