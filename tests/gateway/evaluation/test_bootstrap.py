"""People are drawn with all their comparisons, on both sides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation import bootstrap
from gateway.evaluation.compare import Scores, compare
from gateway.evaluation.encode import Encoded
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.rates import at_threshold, equal_error


def people(count: int, takes: int, width: float, *, seed: int = 3) -> Scores:
    """Compare made people: directions of their own, from which each recording strays."""
    random = np.random.default_rng(seed)
    own = np.repeat(random.normal(0, 1, (count, 8)), takes, axis=0)
    found = own + random.normal(0, width, own.shape)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    names = [f"p{row // takes}" for row in range(count * takes)]
    utterances = [Utterance(f"{n}.wav", Path(), name) for n, name in enumerate(names)]
    encoded = Encoded(utterances, found.astype(np.float32), ["wide"] * len(names), [])
    return compare(encoded, encoded, 1)


FIGURES = {
    "eer": bootstrap.eer,
    "fmr": bootstrap.at(0.5, matches=True),
    "fnmr": bootstrap.at(0.5, matches=False),
    "fnmr_at": bootstrap.fnmr_at(0.01),
    "cost": bootstrap.cost(0.01),
}


def test_intervals_hold_what_was_measured() -> None:
    scores = people(30, 4, 0.5)
    found = bootstrap.intervals(scores, scores.score, FIGURES, times=200, seed=1)
    genuine, impostor = scores.split()
    point = at_threshold(0.5, genuine, impostor)
    for name, value in (
        ("eer", equal_error(genuine, impostor)[0]),
        ("fmr", point.fmr.value),
        ("fnmr", point.fnmr.value),
    ):
        low, high = found[name]
        assert low < value < high


def test_people_who_are_all_alike_in_every_drawing_leave_no_doubt() -> None:
    scores = people(10, 3, 0.0)
    found = bootstrap.intervals(scores, scores.score, FIGURES, times=50, seed=1)
    assert found["fnmr"] == (0.0, 0.0)


def test_few_people_are_less_sure_than_many_with_as_many_comparisons() -> None:
    few, many = people(6, 16, 0.6), people(96, 2, 0.6)
    widths = []
    for scores in (few, many):
        found = bootstrap.intervals(scores, scores.score, FIGURES, times=200, seed=1)["fmr"]
        widths.append(found[1] - found[0])
    assert widths[0] > 2 * widths[1]


def test_the_seed_decides() -> None:
    scores = people(8, 3, 0.5)
    one, same, other = (
        bootstrap.intervals(scores, scores.score, FIGURES, times=40, seed=seed)
        for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_without_drawings_there_is_no_interval() -> None:
    scores = people(8, 3, 0.5)
    assert bootstrap.intervals(scores, scores.score, FIGURES, times=0, seed=1) == {}


def test_two_people_may_be_drawn_as_one_and_then_there_is_nothing_to_compare() -> None:
    scores = people(2, 3, 0.5)
    found = bootstrap.intervals(scores, scores.score, FIGURES, times=30, seed=1)
    assert set(found) == set(FIGURES)


def test_each_weight_is_counted_as_if_the_comparison_were_there_so_often() -> None:
    """Rates of one drawing are those of the comparisons repeated by hand."""
    scores = people(5, 3, 0.7)
    random = np.random.default_rng(9)
    times = np.bincount(np.random.default_rng(9).integers(5, size=5), minlength=5)
    draw = bootstrap._draw(bootstrap._sorted(scores, scores.score), random, 5)
    owner, speaker = scores.owner[scores.template], scores.speaker[scores.probe]
    weight = np.where(scores.genuine, times[owner], times[owner] * times[speaker])
    repeated, genuine = np.repeat(scores.score, weight), np.repeat(scores.genuine, weight)
    point = at_threshold(0.5, repeated[genuine], repeated[~genuine])
    assert draw is not None
    assert bootstrap.at(0.5, matches=True)(draw) == pytest.approx(point.fmr.value)
    assert bootstrap.at(0.5, matches=False)(draw) == pytest.approx(point.fnmr.value)
