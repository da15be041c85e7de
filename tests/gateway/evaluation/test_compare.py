"""Who is compared with whom."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gateway.evaluation.compare import Scores, compare
from gateway.evaluation.encode import Encoded
from gateway.evaluation.manifest import Utterance


def encoded(*subjects: str) -> Encoded:
    """Give each recording an embedding in a direction of its own."""
    utterances = [Utterance(f"{n}.wav", Path(), name) for n, name in enumerate(subjects)]
    return Encoded(
        utterances, np.eye(len(subjects), dtype=np.float32), ["wide"] * len(subjects), []
    )


def alone(*subjects: str, utterances: int = 1) -> Scores:
    """Compare recordings with themselves."""
    made = encoded(*subjects)
    return compare(made, made, utterances)


def test_single_recordings_are_compared_once() -> None:
    found = alone("a", "a", "b", "b", "b")
    assert found.score.size == 10
    assert found.genuine.sum() == 4
    rows = [each.rows[0] for each in found.templates]
    pairs = {frozenset((rows[t], int(p))) for t, p in zip(found.template, found.probe, strict=True)}
    assert len(pairs) == 10


def test_templates_of_three_share_no_recording_and_no_probe() -> None:
    found = alone(*"aaaaaaabb", utterances=3)
    assert [each.rows for each in found.templates] == [(0, 1, 2), (3, 4, 5)]
    rows = np.array([each.rows for each in found.templates])
    assert not (rows[found.template] == found.probe[:, None]).any()
    assert found.genuine.sum() == 2 * 4
    assert (~found.genuine).sum() == 2 * 2


def test_another_channel_at_enrolment_is_compared_both_ways_without_the_same_recording() -> None:
    found = compare(encoded("a", "a", "b"), encoded("a", "a", "b"), utterances=1)
    assert found.score.size == 3 * 2
    assert (found.template != found.probe).all()


def test_many_templates_are_compared_in_blocks() -> None:
    many = encoded(*(f"p{n % 100}" for n in range(600)))
    found = compare(many, many, utterances=1)
    assert found.score.size == 600 * 599 // 2
    assert found.genuine.sum() == 100 * 15
