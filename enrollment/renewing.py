"""Questions that are good for one answer: asked again, a person is asked another one."""

from __future__ import annotations

from contracts.abilities import Renewing
from contracts.factor import Factor
from enrollment.remembered import Remembered
from store import Ceremony, Purpose


def renewed(factor: Factor, ceremony: Ceremony, remembered: Remembered) -> Remembered | None:
    """Return another question; None where the same one may be asked again."""
    if ceremony.purpose is Purpose.ENROLL or not isinstance(factor, Renewing):
        return None
    challenge = factor.renew(remembered.secret)
    return Remembered(challenge.secret, tuple(challenge.asks), remembered.steps)
