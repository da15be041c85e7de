"""One logistic regression, for scores and for the detector."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from gateway.evaluation.arrays import Floats
from gateway.evaluation.regression import logistic


def rows(seed: int = 1, size: int = 300) -> tuple[Floats, Floats, Floats]:
    """Return inputs with a constant, answers that follow two of them, and weights."""
    rng = np.random.default_rng(seed)
    inputs = np.hstack([rng.standard_normal((size, 3)), np.ones((size, 1))])
    likely = 1 / (1 + np.exp(-inputs @ [2.0, -1.0, 0.0, 0.5]))
    return inputs, (rng.random(size) < likely).astype(float), rng.uniform(0.5, 2, size)


@pytest.mark.parametrize("ridge", [0.0, 10.0])
def test_the_least_loss_is_found(ridge: float) -> None:
    inputs, aims, weights = rows()
    costs = np.full(4, ridge)

    def loss(at: Floats) -> float:
        odds = inputs @ at
        spent = costs @ at**2 / 2
        return float(weights @ (np.logaddexp(0, odds) - aims * odds) + spent)

    found = logistic(inputs, aims, weights, costs)
    best = minimize(loss, np.zeros(4), tol=1e-10)
    assert found == pytest.approx(best.x, abs=1e-3)
    assert loss(found) <= best.fun + 1e-9


def test_a_step_that_would_lead_upwards_is_halved() -> None:
    """Nearly separable rows of very different weight send a whole step of Newton's astray."""
    inputs = np.array([[-8.0, 1], [-7.0, 1], [9.0, 1], [30.0, 1]])
    aims, weights = np.array([0.001, 0.001, 0.999, 0.999]), np.array([1.0, 100.0, 0.01, 1.0])
    found = logistic(inputs, aims, weights, np.zeros(2))
    assert np.isfinite(found).all()
    shares = 1 / (1 + np.exp(-inputs @ found))
    assert inputs.T @ (weights * (shares - aims)) == pytest.approx([0, 0], abs=1e-6)
