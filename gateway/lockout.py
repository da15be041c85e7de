"""Who could still look after everything: nobody may take the last admin away, themselves neither.

Whoever may run commands on the machine can always make a new one (`gatehouse admin link`).
And nobody with a role is left without a passkey: the next one would be added by whoever knows
less than a passkey proves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.clock import Clock
from contracts.errors import Conflict
from contracts.factor import Enrolled, Factor
from contracts.text import Text
from enrollment.usable import readable
from gateway import policy
from gateway.login.plan import event
from store import Transaction
from store.operators import Operator

ADMIN = "admin"
"""The role without which nobody can change what matters."""

WANTED = policy.parse("phr")
PASSKEY = Text(
    "Whoever helps to run this service keeps a passkey. Add another one first, or have the role "
    "taken away."
)
LAST = Text(
    "Nobody else could look after this service then. First make somebody else an admin who has a "
    "passkey."
)


class Lockout:
    """Knows who can come in as an admin: a person who is active and has a passkey they can use."""

    def __init__(self, factors: Mapping[str, Factor], clock: Clock) -> None:
        self._clock = clock
        self._factors = [each for each in factors.values() if self._proves(each, ())]

    def able(self, tx: Transaction, account_id: str, *, without: str = "") -> bool:
        """Tell whether a person can prove a passkey; `without` is a credential left aside."""
        return any(
            each.credential_id != without and self._proves(factor, [each])
            for factor in self._factors
            for each in readable(tx, account_id, factor.name)
        )

    def admins(self, tx: Transaction) -> Sequence[Operator]:
        """Return the admins who can come in."""
        everybody = [each for each in tx.operators.of(ADMIN) if each.active]
        return [each for each in everybody if self.able(tx, each.account_id)]

    def keep(self, tx: Transaction, account_id: str) -> None:
        """Raise Conflict where no admin could come in without this person.

        Called before anything else is written: until the transaction ends nobody else takes an
        admin away.
        """
        mine = tx.operators.get(account_id)
        if mine is None or mine.role != ADMIN:
            return
        tx.operators.hold(ADMIN)
        if all(each.account_id == account_id for each in self.admins(tx)):
            raise Conflict(LAST)

    def keep_passkey(self, tx: Transaction, account_id: str, credential_id: str) -> None:
        """Raise Conflict for the last passkey of somebody who has a role, an admin or not."""
        if tx.operators.get(account_id) is None or not self.able(tx, account_id):
            return
        if not self.able(tx, account_id, without=credential_id):
            raise Conflict(PASSKEY)

    def _proves(self, factor: Factor, held: Sequence[Enrolled]) -> bool:
        proof = event(factor.name, factor.prospect(held), self._clock.now())
        return policy.level([proof]).satisfies(WANTED)
