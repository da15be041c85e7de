"""Corrections are learnt of both channels, and nobody is judged by what was learnt of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Misconfigured
from gateway.evaluation.arrays import Floats
from gateway.evaluation.compare import Scores, compare, mean
from gateway.evaluation.correcting import Correcting
from gateway.evaluation.encode import Encoded
from gateway.evaluation.folds import FOLDS, fold
from gateway.evaluation.learning import Pairs, learn, paired
from gateway.evaluation.manifest import Utterance, pseudonyms
from gateway.evaluation.normalising import normalised
from tests.gateway.evaluation.test_normalising import cohort
from verifiers.voice.channels import TELEPHONE, WIDE
from verifiers.voice.correction import Correction
from verifiers.voice.projection import Projection

SIZE = 24
KNOWN = [f"known {number}" for number in range(24)]
STRANGERS = [f"stranger {number}" for number in range(4)]


def encoded(subjects: Sequence[str], channel: str) -> Encoded:
    """Give everybody two recordings near a direction of their own; a telephone bends them."""
    utterances = [Utterance(f"{each}{n}", Path(), each) for each in subjects for n in range(2)]
    voices = np.concatenate([said(each, channel) for each in subjects])
    voices /= np.linalg.norm(voices, axis=1, keepdims=True)
    return Encoded(utterances, voices.astype(np.float32), [channel] * len(utterances), [])


def said(subject: str, channel: str) -> Floats:
    """Return two recordings of somebody: the same, whoever else there is."""
    own = np.random.default_rng(list(subject.encode()))
    now = np.random.default_rng(list((subject + channel).encode()))
    voices = own.normal(0, 1, SIZE) + now.normal(0, 0.2, (2, SIZE))
    if channel == TELEPHONE:
        voices[:, 0] += 2
        voices[:, 1:4] += now.normal(0, 3, (2, 3))
    return voices


def pairs() -> Pairs:
    """Return everybody who is known, on both channels."""
    return paired({each: encoded(KNOWN, each) for each in (WIDE, TELEPHONE)})


def shipped() -> Correction:
    """Return what was learnt of those who are known."""
    found = learn(pairs())
    made = {"date": "2026-11-23", "command": "gatehouse", "seed": 1, "data": "0" * 64,
            "recordings": 48, "subjects": pseudonyms(KNOWN)}  # fmt: skip
    return Correction.model_validate(
        {"version": 1, "engine": "toy/1", "made": made, "mean": found.mean.tolist(),
         "directions": found.directions.tolist()}
    )  # fmt: skip


@pytest.fixture(scope="module")
def telephone() -> Encoded:
    return encoded([*KNOWN, *STRANGERS], TELEPHONE)


@pytest.fixture(scope="module", params=[1, 2])
def corrected(telephone: Encoded, request: pytest.FixtureRequest) -> Scores:
    return compare(telephone, telephone, request.param, Correcting(shipped(), pairs))


def wanted(owner: str, speaker: str) -> Projection:
    """Learn anew of all who are known and in neither's fold; strangers have no fold."""
    out = {fold(each, FOLDS) for each in (owner, speaker) if each in KNOWN}
    if not out:
        return Projection.by(shipped())
    return learn(pairs().of(lambda subject: fold(subject, FOLDS) not in out))


def test_each_comparison_is_corrected_by_what_was_learnt_of_neither(corrected: Scores) -> None:
    for number in range(0, corrected.score.size, 23):
        template = corrected.templates[corrected.template[number]]
        probe = corrected.probe[number]
        speaker = corrected.probes.utterances[probe].subject
        project = wanted(template.subject, speaker)
        one = mean(project(corrected.enrolled.embeddings[list(template.rows)]))
        other = project(corrected.probes.embeddings[probe])
        assert corrected.score[number] == pytest.approx(float(one @ other), abs=1e-5)


def test_what_is_normalised_is_corrected_alike(corrected: Scores) -> None:
    strangers = cohort(SIZE)
    found = normalised(corrected, strangers)
    for number in range(0, found.size, 97):
        view = corrected.views[corrected.view[number]]
        one = view.means[corrected.template[number]].tolist(), TELEPHONE
        other = view.probes[corrected.probe[number]].tolist(), TELEPHONE
        alone = strangers.normalised(float(corrected.score[number]), one, other)
        assert found[number] == pytest.approx(alone, abs=1e-4)


def test_a_correction_brings_the_channels_together(telephone: Encoded) -> None:
    wide, project = encoded([*KNOWN, *STRANGERS], WIDE), Projection.by(shipped())
    rows = [n for n, each in enumerate(wide.utterances) if each.subject in STRANGERS]

    def likeness(other: Encoded) -> float:
        return float((wide.embeddings[rows] * other.embeddings[rows]).sum(axis=1).mean())

    assert likeness(telephone.corrected(project)) > likeness(telephone) + 0.05
    assert wide.corrected(project) is wide


def test_wide_voices_ask_for_nothing_to_be_learnt() -> None:
    def never() -> Pairs:
        raise AssertionError

    wide, choose = encoded(KNOWN, WIDE), Correcting(shipped(), never)
    assert (compare(wide, wide, 1, choose).score == compare(wide, wide, 1).score).all()
    strangers = encoded(STRANGERS, TELEPHONE)
    found = compare(strangers, strangers, 1, choose)
    assert [each.means.shape for each in found.views] == [(8, SIZE)]


def test_nobody_else_counts_among_those_who_are_known(telephone: Encoded) -> None:
    everybody = {each: encoded([*KNOWN, *STRANGERS], each) for each in (WIDE, TELEPHONE)}
    few, many = (
        compare(telephone, telephone, 1, Correcting(shipped(), learnable)).score
        for learnable in (pairs, lambda: paired(everybody))
    )
    assert (few == many).all()


def test_too_few_others_to_learn_anew_are_told(telephone: Encoded) -> None:
    def few() -> Pairs:
        return pairs().of(lambda subject: subject in KNOWN[:11])

    with pytest.raises(Misconfigured, match="too few others of them are there to learn it anew"):
        compare(telephone, telephone, 1, Correcting(shipped(), few))


def test_only_what_is_there_on_both_channels_is_learnt_of() -> None:
    wide, telephone = encoded(KNOWN, WIDE), encoded(KNOWN[:3], TELEPHONE)
    found = paired({WIDE: wide, TELEPHONE: telephone})
    assert [each.name for each in found.utterances] == [each.name for each in telephone.utterances]
    assert np.allclose(found.wide, wide.embeddings[:6])
    with pytest.raises(Misconfigured, match="10 people on both channels"):
        learn(found)
