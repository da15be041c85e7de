"""Where a login stands and which ways lead on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from contracts.clock import Clock
from contracts.factor import Factor, Kind
from gateway import policy
from gateway.login.plan import Choice, Goal, Reached, goals, plan
from gateway.login.wallets import Wallets
from store import Login


class Guide:
    """Plans logins by the account's wallet and the deployment's rules."""

    def __init__(
        self,
        factors: Mapping[str, Factor],
        wallets: Wallets,
        clock: Clock,
        *,
        fresh: timedelta,
        enrol: bool,
    ) -> None:
        self.first = next(f.name for f in factors.values() if f.kind is Kind.KNOWLEDGE)
        self.usernameless = next((f.name for f in factors.values() if f.usernameless), "")
        self._wallets = wallets
        self._clock = clock
        self._fresh = fresh
        self._enrol = enrol

    def plan(self, login: Login) -> Reached | Choice:
        """Say how a login goes on. What the account holds is read only where more is needed."""
        wanted = self._goals(login)
        if wanted[0](login.events):
            return Reached()
        wallet = self._wallets.of(login.account_id or "")
        return plan(login.events, wallet, wanted, enrol=self._enrol)

    def offered(self, login: Login) -> set[tuple[str, str, bool]]:
        """Return the offers of the plan as a form names them."""
        planned = self.plan(login)
        if isinstance(planned, Reached):
            return set()
        return {(offer.factor, offer.credential, offer.enrol) for offer in planned.offers}

    def upgrade(self, login: Login) -> str:
        """Name the factor that a browser may add by itself after a password, or none."""
        by_password = any(proof.factor == self.first for proof in login.events)
        return self.usernameless if by_password else ""

    def enough(self, login: Login) -> bool:
        """Whether all that the client requires was proven."""
        return self._goals(login)[-1](login.events)

    def nothing(self, login: Login) -> bool:
        """Whether all that was proven amounts to no level at all."""
        return policy.level(login.events).rank < 0

    def _goals(self, login: Login) -> Sequence[Goal]:
        return goals(login.requirement, self._clock.now(), self._fresh)
