"""Questions that are good for one answer: whoever is asked again, is asked another one.

Somebody who could have as many as they like would wait for the one that they have an answer to. So
the same one is asked while it is good and nobody has answered it, under the same handle wherever
they see it, and each other one is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contracts.abilities import Renewing
from contracts.errors import TooMany
from contracts.factor import Challenge, Factor
from contracts.text import Text
from enrollment.counted import DAY, Bound, Counted, Of
from enrollment.outcomes import Callbacks, Rules
from enrollment.remembered import Remembered, unpack
from store import Ceremony, Purpose, Transaction
from store.handles import new_handle


class TooManyQuestions(TooMany):
    """Nothing more is asked in this way for a while; there may be others."""

    public = Text(
        "You were asked too often in this way. Please wait a while, or choose another way."
    )


class Questions:
    """Decides between the same question and another one."""

    def __init__(self, factors: Mapping[str, Factor], rules: Rules, callbacks: Callbacks) -> None:
        self._factors = factors
        self._counted = Counted(callbacks.address)
        of_an_hour = Bound("questions", rules.questions_per_hour)
        of_a_day = Bound("questions", rules.questions_per_day, DAY)
        self._bounds = [bound for bound in (of_an_hour, of_a_day) if bound.most]

    def stands(self, tx: Transaction, ceremony: Ceremony) -> tuple[Challenge, str] | None:
        """Return what somebody who begins was asked before, while it stands, and its handle.

        What the same owner has begun with this factor ends.
        """
        factor = self._renewing(ceremony)
        if factor is None:
            return None
        for open_one in tx.ceremonies.take_like(ceremony):
            before = unpack(open_one.secret)
            if stands := factor.standing(before.secret):
                return stands, before.handle
        return None

    def named(self, ceremony: Ceremony, remembered: Remembered) -> Remembered:
        """Give a question that is for one answer the handle that it keeps."""
        if remembered.handle or self._renewing(ceremony) is None:
            return remembered
        return replace(remembered, handle=new_handle())

    def standing(self, ceremony: Ceremony, remembered: Remembered) -> Remembered | None:
        """Return the question that nobody has answered, as it is now; None where it is over."""
        factor = self._renewing(ceremony)
        stands = factor.standing(remembered.secret) if factor else None
        if stands is None:
            return None
        return replace(_remembered(stands, remembered), handle=remembered.handle)

    def another(
        self, tx: Transaction, ceremony: Ceremony, remembered: Remembered
    ) -> Remembered | None:
        """Return another question; None where one may be answered twice.

        Raises TooManyQuestions.
        """
        factor = self._renewing(ceremony)
        if factor is None:
            return None
        self.count(tx, ceremony, remembered.apart)
        return _remembered(factor.renew(remembered.secret), remembered)

    def count(self, tx: Transaction, ceremony: Ceremony, apart: str) -> None:
        """Count another question, where one is for one answer. Raises TooManyQuestions."""
        if self._renewing(ceremony) is None:
            return
        whose = [ceremony.factor, ceremony.account_id or ceremony.owner, *filter(None, [apart])]
        of = Of(ceremony.account_id, ceremony.factor)
        for bound in self._bounds:
            key = ":".join([f"questions {bound.hours}", *whose])
            if wait := self._counted.hit(tx, key, bound, of):
                raise TooManyQuestions(detail="questions to one person", retry_after=wait)

    def _renewing(self, ceremony: Ceremony) -> Renewing | None:
        factor = self._factors[ceremony.factor]
        verifies = ceremony.purpose is Purpose.VERIFY
        return factor if verifies and isinstance(factor, Renewing) else None


def _remembered(challenge: Challenge, before: Remembered) -> Remembered:
    asks = tuple(challenge.asks)
    return Remembered(challenge.secret, asks, before.steps, apart=before.apart)
