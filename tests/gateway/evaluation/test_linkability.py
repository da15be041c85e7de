"""Protected voiceprints of two deployments cannot be linked; those of a weak protection can."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.evaluation.arrays import Floats
from gateway.evaluation.linkability import LINKAGES, d_sys, measure, scores
from verifiers.voice.protection import ROUNDS

PEOPLE, DEPLOYMENTS = 30, 10


@pytest.fixture(scope="module")
def voices() -> Floats:
    """People whose voices have nothing in common."""
    drawn = np.random.default_rng(3).normal(size=(PEOPLE, 192))
    directions: Floats = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return directions


def test_the_measure_has_its_ends() -> None:
    chance = np.random.default_rng(1)
    apart = chance.normal(size=1000)
    assert d_sys(apart + 100, apart) == pytest.approx(1)
    assert d_sys(apart, apart) == 0
    assert d_sys(apart, chance.normal(size=20_000)) < 0.1


def test_the_measure_is_that_of_the_paper() -> None:
    """Half of the mated scores lie where there are no others: D is 1 there and 0 elsewhere."""
    other = np.repeat([0.25, 0.75], 500)
    mated = np.repeat([0.25, 1.75], 500)
    assert d_sys(mated, other) == pytest.approx(0.5)


def test_what_is_likelier_of_strangers_links_nobody() -> None:
    assert d_sys(np.array([0.0, 1.0] * 50), np.array([0.0, 1.0] * 50)) == 0


def test_raw_voiceprints_are_linked(voices: Floats) -> None:
    mated, other = scores(voices, 0, 1, 1)["cosine"]
    assert d_sys(mated, other) == pytest.approx(1)


def test_shuffles_and_signs_alone_are_linked_by_what_they_keep(voices: Floats) -> None:
    chance = np.random.default_rng(5)
    weak = [
        chance.permuted(voices, axis=1) * chance.choice([-1, 1], voices.shape) for _ in range(20)
    ]
    matrices = np.array([LINKAGES["sizes"](weak[0], each) for each in weak])
    same = np.eye(PEOPLE, dtype=bool)
    assert d_sys(matrices[:, same].ravel(), matrices[:, ~same].ravel()) > 0.9


def test_what_is_shipped_is_not(voices: Floats) -> None:
    """Checklist C05."""
    for mated, other in scores(voices, ROUNDS, DEPLOYMENTS, 1).values():
        assert d_sys(mated, other) < 0.1


def test_all_of_it_is_reported(voices: Floats) -> None:
    found = measure(voices[:12], 2, 1)
    assert found.json()["people"] == 12
    assert {each.linkage for each in found.found} == set(LINKAGES)
    assert found.changed < 1e-6
    assert found.raw < 0.4
    assert any("As shipped" in line for line in found.lines())
