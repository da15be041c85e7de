"""Scores are normalised all at once as a login normalises one."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import numpy as np
import pytest

from gateway.evaluation.compare import Scores, compare, mean
from gateway.evaluation.compared import compared
from gateway.evaluation.normalising import normalised
from gateway.evaluation.operating import judge
from tests.gateway.evaluation.test_operating import calibration, scores
from verifiers.voice.normalisation import Cohort


def cohort(dimension: int = 10, top: int = 10) -> Cohort:
    """Let twelve strangers speak on each channel."""
    random = np.random.default_rng(8)
    voices = [
        {
            "channel": channel,
            "mean": b64encode(random.normal(0, 1, dimension).astype("<f4")).decode(),
        }
        for channel in ("wide", "telephone")
        for _ in range(12)
    ]
    return Cohort.model_validate(
        {"version": 1, "engine": "toy", "top": top, "voices": voices, "subjects": []}
    )


def alone(found: Scores, number: int, strangers: Cohort) -> float:
    """Normalise one score as a login does."""
    template, probe = found.templates[found.template[number]], found.probe[number]
    enrolled = mean(found.enrolled.embeddings[list(template.rows)])
    one = enrolled.tolist(), found.enrolled.channels[template.rows[0]]
    other = found.probes.embeddings[probe].tolist(), found.probes.channels[probe]
    return strangers.normalised(float(found.score[number]), one, other)


@pytest.mark.parametrize("utterances", [1, 3])
def test_each_comparison_is_normalised_on_its_own_channels(utterances: int) -> None:
    made, strangers = scores(), cohort()
    found = compare(made.enrolled, replace(made.probes), utterances)
    values = normalised(found, strangers)
    assert len(set(zip(*(each.tolist() for each in found.channels), strict=True))) > 1
    for number in range(0, values.size, 29):
        assert values[number] == pytest.approx(alone(found, number, strangers), abs=1e-5)


def test_calibrations_are_made_and_judged_by_the_same_scores() -> None:
    found, strangers, used = scores(), cohort(), calibration()
    ratios = judge(found, used, strangers).ratios
    assert ratios.size == compared(found, strangers).score.size
    line = used.line(*(str(each[0]) for each in found.channels), 1)
    assert ratios[0] == pytest.approx(line.ratio(compared(found, strangers).score[0]))
