"""Detection costs against a plain count over every threshold, and against numbers by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gateway.evaluation.costs import cllr, min_dcf
from gateway.evaluation.rates import equal_error

SETS = {
    "overlapping": (1.0, 0.0, 1.0),
    "close": (0.3, 0.0, 0.4),
    "apart": (5.0, 0.0, 0.5),
    "the wrong way round": (-1.0, 1.0, 1.0),
}


def scores(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw 80 genuine and 300 impostor scores."""
    random = np.random.default_rng(5)
    high, low, width = SETS[name]
    return random.normal(high, width, 80), random.normal(low, width, 300)


def counted(genuine: list[float], impostor: list[float]) -> list[tuple[float, float]]:
    """Count false match and false non-match rates at every threshold, one score at a time."""
    rates = []
    for threshold in [*sorted({*genuine, *impostor}), math.inf]:
        matches = sum(score >= threshold for score in impostor) / len(impostor)
        misses = sum(score < threshold for score in genuine) / len(genuine)
        rates.append((matches, misses))
    return rates


@pytest.mark.parametrize("p_target", [0.5, 0.01, 0.001])
@pytest.mark.parametrize("name", SETS)
def test_the_least_cost_is_that_of_a_plain_count(name: str, p_target: float) -> None:
    genuine, impostor = scores(name)
    plain = min(
        p_target * misses + (1 - p_target) * matches
        for matches, misses in counted(genuine.tolist(), impostor.tolist())
    )
    expected = plain / min(p_target, 1 - p_target)
    assert min_dcf(genuine, impostor, p_target) == pytest.approx(expected)


@pytest.mark.parametrize("name", SETS)
def test_the_equal_error_rate_is_that_of_a_plain_count(name: str) -> None:
    genuine, impostor = scores(name)
    matches, misses = min(
        counted(genuine.tolist(), impostor.tolist()), key=lambda rates: abs(rates[0] - rates[1])
    )
    assert equal_error(genuine, impostor)[0] == pytest.approx((matches + misses) / 2)


def test_a_cost_that_can_be_done_by_hand() -> None:
    genuine, impostor = np.array([0.9, 0.8, 0.7, 0.4]), np.array([0.5, 0.3, 0.2, 0.1])
    assert min_dcf(genuine, impostor, 0.5) == pytest.approx(0.25)
    assert min_dcf(genuine, impostor, 0.01) == pytest.approx(0.25)
    assert min_dcf(impostor, genuine, 0.01) == 1.0


def test_ratios_that_say_nothing_cost_one_bit() -> None:
    assert cllr(np.zeros(3), np.zeros(5)) == pytest.approx(1)


def test_ratios_that_are_right_cost_little_and_wrong_ones_much() -> None:
    sure = np.full(4, math.log(1000))
    assert cllr(sure, -sure) == pytest.approx(math.log2(1.001))
    assert cllr(-sure, sure) == pytest.approx(math.log2(1001))


def test_enormous_ratios_do_not_overflow() -> None:
    assert cllr(np.array([1e4]), np.array([-1e4])) == 0
