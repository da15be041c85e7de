"""Questions that are good for one answer: whoever is asked again, is asked another one.

Somebody who could have as many as they like would wait for the one that they have an answer to. So
the same one is asked while it is good and nobody has answered it, and each other one is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from contracts.abilities import Renewing
from contracts.errors import TooMany
from contracts.factor import Challenge, Factor
from contracts.text import Text
from enrollment.outcomes import Rules
from enrollment.remembered import Remembered, unpack
from store import Ceremony, Purpose, Transaction

HOUR = timedelta(hours=1)


class TooManyQuestions(TooMany):
    """Nothing more is asked in this way for a while; there may be others."""

    public = Text(
        "You were asked too often in this way. Please wait a while, or choose another way."
    )


class Questions:
    """Decides between the same question and another one."""

    def __init__(self, factors: Mapping[str, Factor], rules: Rules) -> None:
        self._factors = factors
        self._rules = rules

    def begun(self, tx: Transaction, ceremony: Ceremony, challenge: Challenge) -> Challenge:
        """Return what is put to somebody who begins: what they were asked before, while it stands.

        What the same owner has begun with this factor ends. Raises TooManyQuestions.
        """
        factor = self._renewing(ceremony)
        if factor is None:
            return challenge
        for open_one in tx.ceremonies.take_like(ceremony):
            if stands := factor.standing(unpack(open_one.secret).secret):
                return stands
        self._count(tx, ceremony)
        return challenge

    def standing(self, ceremony: Ceremony, remembered: Remembered) -> Remembered | None:
        """Return the question that nobody has answered, as it is now; None where it is over."""
        factor = self._renewing(ceremony)
        stands = factor.standing(remembered.secret) if factor else None
        return _remembered(stands, remembered) if stands else None

    def another(
        self, tx: Transaction, ceremony: Ceremony, remembered: Remembered
    ) -> Remembered | None:
        """Return another question; None where one may be answered twice.

        Raises TooManyQuestions.
        """
        factor = self._renewing(ceremony)
        if factor is None:
            return None
        self._count(tx, ceremony)
        return _remembered(factor.renew(remembered.secret), remembered)

    def _renewing(self, ceremony: Ceremony) -> Renewing | None:
        factor = self._factors[ceremony.factor]
        verifies = ceremony.purpose is Purpose.VERIFY
        return factor if verifies and isinstance(factor, Renewing) else None

    def _count(self, tx: Transaction, ceremony: Ceremony) -> None:
        whose, most = ceremony.account_id or ceremony.owner, self._rules.questions_per_hour
        wait = tx.limits.hit(f"questions:{ceremony.factor}:{whose}", most, HOUR) if most else 0
        if wait:
            raise TooManyQuestions(detail="questions to one person", retry_after=wait)


def _remembered(challenge: Challenge, before: Remembered) -> Remembered:
    return Remembered(challenge.secret, tuple(challenge.asks), before.steps)
