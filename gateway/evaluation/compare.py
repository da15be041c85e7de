"""Compare everybody with everybody: genuine within a subject, impostor between subjects."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.encode import Encoded

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One score between a template, made of one or more recordings, and a probe."""

    genuine: bool
    score: float
    template: tuple[str, ...]
    probe: str


def comparisons(encoded: Encoded, utterances: int) -> list[Comparison]:
    """Compare templates of so many recordings each with all recordings outside of them.

    Templates of one subject share no recording. With one recording per template each pair is
    compared once.
    """
    probes = np.array(encoded.embeddings)
    return [
        _comparison(encoded, rows, probe, float(score))
        for rows in templates(encoded, utterances)
        for probe, score in enumerate(probes @ _mean(probes[rows]))
        if (probe > rows[0] if utterances == 1 else probe not in rows)
    ]


def templates(encoded: Encoded, utterances: int) -> list[list[int]]:
    """Cut each subject's recordings, in the manifest's order, into templates of equal size."""
    order = sorted(range(len(encoded.utterances)), key=lambda row: encoded.utterances[row].subject)
    subject = attrgetter("subject")
    by_subject = groupby(order, key=lambda row: str(subject(encoded.utterances[row])))
    return [rows for _, group in by_subject for rows in _cut(list(group), utterances)]


def _cut(rows: list[int], size: int) -> list[list[int]]:
    return [rows[start : start + size] for start in range(0, len(rows) - size + 1, size)]


def _mean(embeddings: Floats) -> Floats:
    mean: Floats = embeddings.mean(axis=0)
    unit: Floats = mean / np.linalg.norm(mean)
    return unit


def _comparison(encoded: Encoded, rows: list[int], probe: int, score: float) -> Comparison:
    genuine = encoded.utterances[rows[0]].subject == encoded.utterances[probe].subject
    names = tuple(encoded.utterances[row].name for row in rows)
    return Comparison(genuine, score, names, encoded.utterances[probe].name)
