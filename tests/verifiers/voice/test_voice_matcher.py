"""Cosine similarity in plain Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from verifiers.voice.matcher import DIMENSION, CosineMatcher, pack, unit

matcher = CosineMatcher()
rng = np.random.default_rng(7)
ONE, TWO, THREE = (rng.standard_normal(DIMENSION).astype("<f4") for _ in range(3))


def cosine(a: np.typing.NDArray[np.float32], b: np.typing.NDArray[np.float32]) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_the_score_is_the_cosine() -> None:
    assert matcher.score(ONE.tobytes(), TWO.tobytes()) == pytest.approx(cosine(ONE, TWO), abs=1e-6)
    assert matcher.score(ONE.tobytes(), (3 * ONE).tobytes()) == pytest.approx(1.0)
    assert matcher.score(ONE.tobytes(), (-ONE).tobytes()) == pytest.approx(-1.0)


def test_the_mean_counts_each_recording_alike_and_has_unit_length() -> None:
    merged = matcher.merge([(100 * ONE).tobytes(), TWO.tobytes(), THREE.tobytes()])
    mean = sum(each / np.linalg.norm(each) for each in (ONE, TWO, THREE))
    values = np.frombuffer(merged, "<f4")
    assert np.linalg.norm(values) == pytest.approx(1.0)
    assert cosine(values, mean) == pytest.approx(1.0)


@pytest.mark.parametrize("wrong", [0.0, math.nan, math.inf])
def test_an_embedding_without_direction_matches_nothing(wrong: float) -> None:
    score = matcher.score(pack([wrong] * DIMENSION), ONE.tobytes())
    assert math.isnan(score)
    assert not score >= -1.0


@pytest.mark.parametrize("size", [0, 4, 4 * DIMENSION - 1, 4 * DIMENSION + 4])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=r"192|multiple"):
        unit(bytes(size))
