"""Error rates against numbers that can be counted by hand or looked up."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.evaluation.rates import at_fmr, at_threshold, bounds, equal_error, rate

GENUINE = np.array([0.9, 0.8, 0.7, 0.4])
IMPOSTOR = np.array([0.5, 0.3, 0.2, 0.1])


def test_a_score_that_reaches_the_threshold_matches() -> None:
    point = at_threshold(0.5, GENUINE, IMPOSTOR)
    assert (point.fmr.errors, point.fmr.value) == (1, 0.25)
    assert (point.fnmr.errors, point.fnmr.value) == (1, 0.25)


def test_the_rates_are_equal_where_they_cross() -> None:
    assert equal_error(GENUINE, IMPOSTOR) == (0.25, 0.5)


def test_well_separated_scores_have_no_errors() -> None:
    eer, threshold = equal_error(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
    assert eer == 0
    assert 0.2 < threshold <= 0.8


@pytest.mark.parametrize(("target", "matches"), [(1e-3, 10), (1e-2, 100), (0.5, 5000)])
def test_the_threshold_for_a_false_match_rate_is_the_lowest(target: float, matches: int) -> None:
    impostor = np.linspace(0, 0.5, 10_000)
    point = at_fmr(target, np.array([0.6]), impostor)
    assert point.fmr.errors == matches
    assert (
        at_threshold(float(np.nextafter(point.threshold, 0)), GENUINE, impostor).fmr.errors
        > matches
    )
    assert point.supported


def test_too_few_comparisons_cannot_show_a_rate() -> None:
    impostor = np.linspace(0, 0.5, 29_999)
    assert not at_fmr(1e-4, GENUINE, impostor).supported
    assert at_fmr(1e-4, GENUINE, np.append(impostor, 0.0)).supported
    assert at_fmr(1e-3, GENUINE, impostor).supported


def test_ties_are_all_above_or_all_below() -> None:
    point = at_fmr(0.5, GENUINE, np.array([0.5, 0.5, 0.5, 0.1]))
    assert point.fmr.errors == 0


@pytest.mark.parametrize(
    ("errors", "n", "low", "high"),
    [
        (1, 10, 0.00253, 0.44502),
        (5, 100, 0.01643, 0.11283),
        (10, 1000, 0.00480, 0.01831),
        (9, 10, 0.55498, 0.99747),
        (22, 883, 0.01568, 0.03748),
    ],
)
def test_bounds_are_those_of_clopper_and_pearson(
    errors: int, n: int, low: float, high: float
) -> None:
    assert bounds(errors, n) == pytest.approx((low, high), abs=1e-5)


def test_bounds_that_must_hold_more_often_are_wider() -> None:
    low, high = bounds(12, 12, 1e-4)
    assert (low, high) == (pytest.approx(1e-4 ** (1 / 12)), 1.0)
    assert bounds(5, 100, 1e-4)[0] < bounds(5, 100)[0] < bounds(5, 100)[1] < bounds(5, 100, 1e-4)[1]


def test_without_errors_the_bound_is_the_rule_of_three() -> None:
    low, high = bounds(0, 30_000)
    assert low == 0
    assert high == pytest.approx(3 / 30_000, rel=0.01)
    assert bounds(30_000, 30_000) == pytest.approx((1 - high, 1.0))


def test_a_rate_knows_its_counts() -> None:
    assert (rate(1, 4).errors, rate(1, 4).comparisons, rate(1, 4).value) == (1, 4, 0.25)
