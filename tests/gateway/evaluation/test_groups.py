"""Groups are compared among themselves, at the thresholds of the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation.compare import Scores, compare
from gateway.evaluation.encode import Encoded, Failure
from gateway.evaluation.groups import Group, groups, spreads
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.rates import Point, at_threshold, rate


def scored(people: int = 24) -> Scores:
    """Compare people of two sexes, where recordings of every second one of the second stray."""
    rows, found = [], []
    random = np.random.default_rng(2)
    for person in range(people):
        own = random.normal(0, 1, 12)
        for take in range(3):
            columns = {"sex": "fm"[person % 2], "age": "" if person else "40"}
            rows.append(Utterance(f"{person}-{take}", Path(), f"p{person}", columns))
            strays = person % 4 == 3 and take == 2
            found.append(random.normal(0, 1, 12) if strays else own)
    matrix = np.array(found, np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    failed = [Failure(rows.pop(), "speech_ms", "Too short.")]
    encoded = Encoded(rows, matrix[:-1], ["wide"] * len(rows), failed)
    return compare(encoded, encoded, 1)


def found(column: str) -> dict[str, Group]:
    scores = scored()
    points = (at_threshold(0.9, *scores.split()),)
    return {each.value: each for each in groups(scores, [column], points)}


def test_people_are_compared_within_their_group() -> None:
    sexes = found("sex")
    assert {name: each.people for name, each in sexes.items()} == {"f": 12, "m": 12}
    assert sexes["f"].impostor == 36 * 35 // 2 - 12 * 3
    assert sexes["f"].points[0].fnmr.errors == 0
    assert sexes["m"].points[0].fnmr.value > 0


def test_a_group_is_set_against_the_whole() -> None:
    sexes = found("sex")
    assert sexes["f"].fnmr_ratio == 0
    assert sexes["m"].fnmr_ratio == pytest.approx(2, rel=0.05)


def test_what_was_turned_away_is_counted_in_its_group() -> None:
    sexes = found("sex")
    assert (sexes["f"].turned_away, sexes["m"].turned_away) == (0, 1)
    assert (sexes["f"].recordings, sexes["m"].recordings) == (36, 36)


def test_a_group_of_few_is_marked_and_one_of_a_single_person_not_compared() -> None:
    ages = found("age")
    assert (ages["40"].few, ages["unknown"].few) == (True, False)
    assert ages["40"].points == ()
    assert ages["40"].fnmr_ratio is None


def point(matches: int, misses: int) -> Point:
    return Point(0.5, rate(matches, 10_000), rate(misses, 1000))


def group(value: str, matches: int, misses: int, *, few: bool = False) -> Group:
    at = (point(matches, misses),)
    return Group("sex", value, 20, 100, 0, 1000, 10_000, at, 1.0, few)


@pytest.mark.parametrize(
    ("one", "other", "bounded"),
    [
        (group("f", 1, 10), group("m", 2, 20), True),
        (group("f", 1, 10), group("m", 2, 21), False),
        (group("f", 1, 10), group("m", 11, 10), False),
        (group("f", 0, 0), group("m", 0, 0), True),
        (group("f", 0, 0), group("m", 0, 1), False),
        (group("f", 1, 10), group("m", 99, 99, few=True), None),
    ],
)
def test_groups_lie_within_bounds_or_not(one: Group, other: Group, bounded: bool | None) -> None:
    (spread,) = spreads([one, other])
    assert spread.bounded is bounded
