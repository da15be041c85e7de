"""A person never stands on both sides."""

from __future__ import annotations

from collections import Counter

from gateway.evaluation.folds import fold


def test_a_person_is_always_in_the_same_fold() -> None:
    assert [fold(name, 5) for name in ("lt1502", "lt5104", "lt87", "lt6476")] == [0, 1, 2, 3]


def test_every_fold_has_people() -> None:
    counted = Counter(fold(f"person {number}", 5) for number in range(1000))
    assert sorted(counted) == [0, 1, 2, 3, 4]
    assert min(counted.values()) > 150
