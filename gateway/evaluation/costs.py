"""What errors cost: NIST's detection cost, and Brümmer's cost of likelihood ratios."""

from __future__ import annotations

import numpy as np

from gateway.evaluation.arrays import Floats
from gateway.evaluation.rates import curve


def min_dcf(genuine: Floats, impostor: Floats, p_target: float) -> float:
    """Return the least detection cost over all thresholds, misses and false alarms at cost one.

    1 is what one who never looks at the score pays (NIST SRE, normalised).
    """
    _, matches, misses = curve(genuine, impostor)
    cost = p_target * misses + (1 - p_target) * matches
    rejecting = p_target
    return float(min(cost.min(initial=1.0), rejecting) / min(p_target, 1 - p_target))


def cllr(genuine: Floats, impostor: Floats) -> float:
    """Return the cost of natural-log likelihood ratios in bits: 0 is perfect, 1 says nothing."""
    missed = np.logaddexp(0, -genuine).mean()
    alarmed = np.logaddexp(0, impostor).mean()
    return float((missed + alarmed) / 2 / np.log(2))
