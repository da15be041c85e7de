"""Likelihood ratios that are what they say, and thresholds that hold where people are alike."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.evaluation.arrays import Floats
from gateway.evaluation.compared import Compared
from gateway.evaluation.costs import cllr
from gateway.evaluation.crossfit import crossfitted
from gateway.evaluation.fitting import (
    Rule,
    fit,
    least_cllr,
    logistic,
    tail,
)
from gateway.evaluation.folds import fold

TARGETS = (1e-2, 1e-3, 1e-4)
RULE = Rule(TARGETS, {}, 1)
PEOPLE = tuple(f"person {number}" for number in range(40))


def scores(people: int = 40, apart: float = 4.0) -> Compared:
    """Compare everybody ten times with everybody: strangers around 0, the same around 4."""
    rng = np.random.default_rng(1)
    owner, speaker, _ = (each.ravel() for each in np.mgrid[0:people, 0:people, 0:10])
    values = rng.normal(np.where(owner == speaker, apart, 0), 1.0)
    return Compared(values, owner.astype(np.int64), speaker.astype(np.int64), PEOPLE[:people])


def test_the_ratio_of_two_bells_is_found() -> None:
    """The logarithm of the ratio of N(4, 1) to N(0, 1) is 4 x - 8."""
    slope, offset = logistic(*scores().split())
    assert slope == pytest.approx(4, rel=0.15)
    assert -offset / slope == pytest.approx(2, abs=0.15)


def test_scores_that_do_not_overlap_have_a_finite_line() -> None:
    slope, offset = logistic(np.array([0.8, 0.9]), np.array([0.1, 0.2, 0.3]))
    assert 0 < slope < 1e3
    assert np.isfinite(offset)
    assert slope * 0.85 + offset > 0 > slope * 0.25 + offset


def test_calibration_costs_less_than_cosines_and_more_than_the_best() -> None:
    found = scores()
    genuine, impostor = found.split()
    slope, offset = logistic(genuine, impostor)
    fitted = cllr(slope * genuine + offset, slope * impostor + offset)
    assert least_cllr(genuine, impostor) <= fitted < cllr(genuine, impostor)
    assert fitted < 1.2 * least_cllr(genuine, impostor) + 0.01


def test_the_least_cost_of_known_scores() -> None:
    """Apart they cost nothing; of one value they say nothing, which is one bit."""
    assert least_cllr(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == pytest.approx(0, abs=1e-12)
    assert least_cllr(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(1)


def test_the_tail_is_not_below_what_impostors_reach() -> None:
    found = tail(scores(), RULE)
    assert found is not None
    true = np.array([2.326, 3.090, 3.719])
    assert (found >= true - 0.02).all()
    assert (found <= true + 0.2).all()


def test_fewer_than_three_people_say_nothing_about_strangers() -> None:
    assert tail(scores(2), RULE) is None


def studio(apart: float) -> tuple[Compared, dict[str, str]]:
    """Let eight people be more alike than others: they were recorded in one room."""
    found = scores(apart=apart)
    inside = (found.owner < 8) & (found.speaker < 8) & ~found.genuine
    values = found.score + 1.5 * inside
    mixed = Compared(values, found.owner, found.speaker, found.subjects)
    return mixed, {each: "studio" if number < 8 else "" for number, each in enumerate(PEOPLE)}


def test_thresholds_hold_in_the_collection_where_people_are_most_alike() -> None:
    mixed, collection = studio(apart=12)
    together, apart = (fit(mixed, Rule(TARGETS, each, 1)) for each in ({}, collection))
    assert apart.slope == together.slope
    for target, deviations in zip(TARGETS, (2.326, 3.090, 3.719), strict=True):
        score = (apart.thresholds[target] - apart.offset) / apart.slope
        assert apart.thresholds[target] > together.thresholds[target]
        assert score >= 1.5 + deviations - 0.1


def test_that_caution_costs_few_misses_and_never_the_target_of_all_together() -> None:
    mixed, collection = studio(apart=5)
    together, apart = (fit(mixed, Rule(TARGETS, each, 1)) for each in ({}, collection))
    genuine, impostor = mixed.split()
    for target in TARGETS:
        score = (apart.thresholds[target] - apart.offset) / apart.slope
        assert apart.thresholds[target] >= together.thresholds[target]
        assert (impostor >= score).mean() <= 2 * target
    score = (apart.thresholds[1e-4] - apart.offset) / apart.slope
    missed = (genuine < score).mean()
    assert missed < 0.03 or apart.thresholds[1e-4] == together.thresholds[1e-4]


def test_the_same_seed_makes_the_same_thresholds() -> None:
    assert fit(scores(), RULE) == fit(scores(), RULE)


def changed(found: Compared, person: int, by: float) -> Floats:
    values = found.score.copy()
    values[(found.owner == person) | (found.speaker == person)] += by
    return values


def test_nobody_is_judged_by_what_was_fitted_on_them() -> None:
    """Whatever a person sounds like, the line that they are judged by stays."""
    found = scores(20)
    other = Compared(changed(found, 3, 2.0), found.owner, found.speaker, found.subjects)
    before, after = (crossfitted(each, RULE) for each in (found, other))
    theirs = fold(PEOPLE[3], 5)
    folds = np.array([fold(each, 5) for each in found.subjects])
    mine = (folds[found.owner] == theirs) | (folds[found.speaker] == theirs)
    for target in TARGETS:
        assert np.array_equal(before.thresholds[target][mine], after.thresholds[target][mine])
        assert not np.array_equal(before.thresholds[target], after.thresholds[target])


def test_every_comparison_is_judged() -> None:
    found = scores(20)
    held = crossfitted(found, RULE)
    assert np.isfinite(held.ratios).all()
    rate = (held.matches(1e-2) & ~found.genuine).sum() / (~found.genuine).sum()
    assert rate < 1.5e-2


def test_too_few_people_cannot_be_held_out() -> None:
    with pytest.raises(ValueError, match="too few people"):
        crossfitted(scores(2), RULE)
