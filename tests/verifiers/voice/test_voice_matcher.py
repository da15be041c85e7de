"""Vectors in plain Python, and how a recording is compared with a protected voiceprint."""

from __future__ import annotations

import math

import numpy as np
import pytest

from contracts.factor import Enrolled
from tests.verifiers.conftest import SEED
from verifiers.voice.matcher import alike, cosine
from verifiers.voice.template import Voiceprint
from verifiers.voice.vectors import mean, pack, unpack

DIMENSION = 192
FORMAT = "engine/2"
rng = np.random.default_rng(7)
ONE, TWO, THREE = (rng.standard_normal(DIMENSION).astype("<f4") for _ in range(3))


def numpy_cosine(a: np.typing.NDArray[np.float32], b: np.typing.NDArray[np.float32]) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def enrolled(voice: bytes, seed: bytes = SEED) -> Enrolled:
    voiceprint = Voiceprint(b"", voice, "wide", 3).protected(SEED)
    return Enrolled("c1", voiceprint.dump(), FORMAT, 1, seed=seed)


def test_the_score_is_the_cosine_of_what_was_said() -> None:
    mine = enrolled(ONE.tobytes())
    expected = numpy_cosine(ONE, TWO)
    assert alike(ONE.tobytes(), TWO.tobytes()) == pytest.approx(expected, abs=1e-6)
    assert cosine(TWO.tobytes(), mine) == pytest.approx(expected, abs=1e-6)
    assert cosine((3 * ONE).tobytes(), mine) == pytest.approx(1.0)
    assert cosine((-ONE).tobytes(), mine) == pytest.approx(-1.0)


def test_each_recording_counts_as_much_as_its_weight() -> None:
    weights = [1.0, 2.0, 0.5]
    values = np.array(mean([(100 * ONE).tolist(), TWO.tolist(), THREE.tolist()], weights))
    expected = sum(
        weight * each / np.linalg.norm(each)
        for weight, each in zip(weights, (ONE, TWO, THREE), strict=True)
    )
    assert np.linalg.norm(values) == pytest.approx(1.0)
    assert numpy_cosine(values, expected) == pytest.approx(1.0)


@pytest.mark.parametrize("wrong", [0.0, math.nan, math.inf])
def test_an_embedding_without_direction_matches_nothing(wrong: float) -> None:
    score = cosine(pack([wrong] * DIMENSION), enrolled(ONE.tobytes()))
    assert math.isnan(score)
    assert not score >= -1.0


@pytest.mark.parametrize("size", [0, 4, 4 * DIMENSION - 4, 4 * DIMENSION + 4])
def test_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="not compared"):
        cosine(bytes(size), enrolled(ONE.tobytes()))


def test_half_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        unpack(bytes(4 * DIMENSION - 1))


@pytest.mark.parametrize("seed", [b"", b"short"])
def test_without_a_seed_nothing_is_compared(seed: bytes) -> None:
    with pytest.raises(ValueError, match="seed"):
        cosine(ONE.tobytes(), enrolled(ONE.tobytes(), seed))


def test_what_is_not_protected_is_not_compared() -> None:
    bare = Enrolled("c1", Voiceprint(b"", ONE.tobytes(), "wide", 3).dump(), FORMAT, 1, seed=SEED)
    with pytest.raises(ValueError, match="salt"):
        cosine(ONE.tobytes(), bare)
