"""Where a login stands and which ways lead on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from contracts.clock import Clock
from contracts.factor import Factor, Kind
from contracts.text import Text
from gateway import policy
from gateway.login import signals
from gateway.login.plan import Choice, Goal, Reached, goals, plan
from gateway.login.wallets import Wallets
from store import Login

NOT_ENOUGH = Text("This is not enough by itself, and you have nothing else set up here.")
UNUSUAL = Text("This login is unusual. Please use a device that you have logged in with before.")
"""What it takes is held, but locked by wrong answers."""


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
        self.first = next((f.name for f in factors.values() if f.kind is Kind.KNOWLEDGE), "")
        self.usernameless = next((f.name for f in factors.values() if f.usernameless), "")
        self._wallets = wallets
        self._clock = clock
        self._fresh = fresh
        self._enrol = enrol

    def plan(self, login: Login) -> Reached | Choice:
        """Say how a login goes on. What the account holds is read only where more is needed."""
        wanted = self._goals(login)
        if wanted[0](login.events) or self.leaves(login):
            return Reached()
        wallet = self._wallets.of(login.account_id or "")
        return plan(login.events, wallet, wanted, enrol=self._enrols(login))

    def leaves(self, login: Login) -> bool:
        """Whether a person who is to be erased is let in to call that off, and for nothing else."""
        known = login.account_id is not None and self.refused(login) is None
        return known and self._wallets.leaving(login.account_id or "")

    def offered(self, login: Login) -> set[tuple[str, str, bool]]:
        """Return the offers of the plan as a form names them."""
        planned = self.plan(login)
        if isinstance(planned, Reached):
            return set()
        return {(offer.factor, offer.credential, offer.enrol) for offer in planned.offers}

    def upgrade(self, login: Login) -> str:
        """Name the factor that a browser may add by itself after a password, or none."""
        by_password = any(proof.factor == self.first for proof in login.events)
        return self.usernameless if by_password and self._enrols(login) else ""

    def enough(self, login: Login) -> bool:
        """Whether all that the client requires was proven."""
        return self._goals(login)[-1](login.events)

    def refused(self, login: Login) -> Text | None:
        """Say why a login cannot end with what was proven, where it cannot."""
        if policy.level(login.events).rank < 0:
            return NOT_ENOUGH
        raised = self._raised(login)
        held_back = raised is not None and not policy.level(login.events).satisfies(raised)
        return UNUSUAL if held_back else None

    def _enrols(self, login: Login) -> bool:
        return self._enrol and login.requirement.enrol

    def _goals(self, login: Login) -> Sequence[Goal]:
        raised = self._raised(login)
        return goals(login.requirement, self._clock.now(), self._fresh, raised)

    def _raised(self, login: Login) -> policy.Acr | None:
        """Return the level that is asked for because something about the login is unusual."""
        if not login.signals:
            return None
        return signals.raised(login.signals, self._wallets.of(login.account_id or "").daily())
