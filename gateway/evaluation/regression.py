"""Logistic regression by Newton's method."""

from __future__ import annotations

import numpy as np

from gateway.evaluation.arrays import Floats

ROUNDS = 30
TINY = 1e-12


def logistic(inputs: Floats, aims: Floats, weights: Floats, ridge: Floats) -> Floats:
    """Return the weights (columns,) of inputs (rows, columns) that come closest to the aims.

    `aims` and `weights` (rows,) are the probabilities aimed at and what each row counts, `ridge`
    (columns,) what a squared weight costs. Raises LinAlgError where inputs leave a choice.
    """

    def loss(at: Floats) -> float:
        odds = inputs @ at
        return float(weights @ (np.logaddexp(0, odds) - aims * odds) + ridge @ at**2 / 2)

    found, lost = np.zeros(inputs.shape[1]), np.inf
    for _ in range(ROUNDS):
        if lost - (lost := loss(found)) < TINY:
            break
        step = _step(found, inputs, aims, weights, ridge)
        while loss(found - step) > lost + TINY:
            step *= 0.5
        found -= step
    return found


def _step(at: Floats, inputs: Floats, aims: Floats, weights: Floats, ridge: Floats) -> Floats:
    """Return gradient by curvature."""
    shares = 1 / (1 + np.exp(-inputs @ at))
    gradient = inputs.T @ (weights * (shares - aims)) + ridge * at
    curvature = (inputs.T * (weights * shares * (1 - shares))) @ inputs + np.diag(ridge)
    step: Floats = np.linalg.solve(curvature, gradient).astype(np.float64)
    return step
