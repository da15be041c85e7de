"""What must be left of an account's factors: a way to log in; and what address is left."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.clock import Clock
from contracts.factor import Channel, Factor
from enrollment.usable import addresses, begins, readable
from gateway import policy
from gateway.login.plan import wallet
from store import Transaction


class Guard:
    """Knows which credentials an account cannot do without."""

    def __init__(self, factors: Mapping[str, Factor], clock: Clock) -> None:
        self._beginning = {name for name, factor in factors.items() if begins(factor)}
        # What no login may add stands in for something lost: it is a spare key and no way in.
        self._ways = {name: factor for name, factor in factors.items() if factor.on_the_way}
        self._factors = factors
        self._clock = clock

    def may_go(self, tx: Transaction, account_id: str, credential_id: str) -> bool:
        """Tell whether a credential may be removed: what is left begins a login, and is enough.

        What nobody can use any more may go beside anything else.
        """
        held = tx.credentials.list(account_id)
        usable = {each.factor: readable(tx, account_id, each.factor) for each in held}
        if credential_id not in {one.credential_id for found in usable.values() for one in found}:
            return len(held) > 1
        left = {
            name: [one for one in found if one.credential_id != credential_id]
            for name, found in usable.items()
        }
        have = wallet(self._ways, left, usable.keys(), self._clock.now()).have
        some = any(offer.factor in self._beginning for offer, _ in have)
        return some and policy.level([proof for _, proof in have]).rank >= 0

    def email(self, tx: Transaction, account_id: str) -> str | None:
        """Return the first address for e-mail that its owner has shown, if there is one."""
        found = addresses(tx, account_id, self._factors.values())
        return next((address for channel, address in found if channel is Channel.EMAIL), None)
