"""Compare everybody with everybody: genuine within a subject, impostor between subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats, Mask
from gateway.evaluation.encode import Encoded
from gateway.evaluation.manifest import Utterance

Indices = NDArray[np.int32]
Names = NDArray[np.str_]

BLOCK = 256
"""Templates compared at a time: what is held beside the result stays small."""


@dataclass(frozen=True, slots=True)
class Template:
    """Which recordings, by their row, one template is made of, and whose they are."""

    subject: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Comparisons as columns: 12 bytes each.

    `template` and `probe` are rows of `templates` and of the probes; `owner` and `speaker` say for
    each template and each probe which of the `subjects` it is.
    """

    score: NDArray[np.float32]
    template: Indices
    probe: Indices
    templates: list[Template]
    enrolled: Encoded
    probes: Encoded
    subjects: list[str]
    owner: Indices
    speaker: Indices

    @property
    def genuine(self) -> Mask:
        """Which comparisons are of one person with themselves."""
        same: Mask = self.owner[self.template] == self.speaker[self.probe]
        return same

    @property
    def channels(self) -> tuple[Names, Names]:
        """Each comparison's two channels; a template's is that of its first recording."""
        enrolled = np.array([self.enrolled.channels[each.rows[0]] for each in self.templates])
        return enrolled[self.template], np.array(self.probes.channels)[self.probe]

    def split(self, score: NDArray[np.floating[Any]] | None = None) -> tuple[Floats, Floats]:
        """Return the genuine and the impostor scores."""
        values, genuine = (self.score if score is None else score), self.genuine
        return values[genuine].astype(np.float64), values[~genuine].astype(np.float64)

    def of(self, subjects: set[str]) -> Scores:
        """Keep the comparisons among these people."""
        wanted = np.array([each in subjects for each in self.subjects], bool)
        kept = wanted[self.owner[self.template]] & wanted[self.speaker[self.probe]]
        columns = self.score[kept], self.template[kept], self.probe[kept]
        return Scores(*columns, self.templates, self.enrolled, self.probes, self.subjects,
                      self.owner, self.speaker)  # fmt: skip


def compare(enrolled: Encoded, probes: Encoded, utterances: int) -> Scores:
    """Compare templates of so many recordings each with all recordings outside of them.

    Templates of one subject share no recording. With one recording per template, and nothing else
    between enrolment and probe, each pair is compared once.
    """
    made = templates(enrolled.utterances, utterances)
    subjects = sorted({each.subject for each in (*enrolled.utterances, *probes.utterances)})
    number = {subject: index for index, subject in enumerate(subjects)}
    nothing = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64)
    columns = zip(nothing, *_blocks(enrolled, probes, made), strict=True)
    score, template, probe = map(np.concatenate, columns)
    return Scores(
        score.astype(np.float32), template.astype(np.int32), probe.astype(np.int32),
        made, enrolled, probes, subjects,
        np.array([number[each.subject] for each in made], np.int32),
        np.array([number[each.subject] for each in probes.utterances], np.int32),
    )  # fmt: skip


def templates(utterances: Sequence[Utterance], size: int) -> list[Template]:
    """Cut each subject's recordings, in the manifest's order, into templates of equal size."""
    order = sorted(range(len(utterances)), key=lambda row: utterances[row].subject)
    by_subject = groupby(order, key=lambda row: utterances[row].subject)
    return [
        Template(subject, rows) for subject, group in by_subject for rows in _cut(list(group), size)
    ]


def _cut(rows: list[int], size: int) -> list[tuple[int, ...]]:
    starts = range(0, len(rows) - size + 1, size)
    return [tuple(rows[start : start + size]) for start in starts]


def _blocks(
    enrolled: Encoded, probes: Encoded, made: Sequence[Template]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]]:
    """Yield scores, templates and probes of a few hundred templates at a time."""
    once = enrolled is probes and all(len(each.rows) == 1 for each in made)
    for start in range(0, len(made), BLOCK):
        block = made[start : start + BLOCK]
        wanted = _wanted(enrolled, probes, block, once=once)
        template, probe = np.nonzero(wanted)
        means = np.array([mean(enrolled.embeddings[list(each.rows)]) for each in block])
        yield (means @ probes.embeddings.T)[wanted], template + start, probe


def mean(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean direction (dimension,) of embeddings (recordings, dimension)."""
    middle: NDArray[np.float32] = embeddings.mean(axis=0)
    return middle / np.float32(np.linalg.norm(middle))


def _wanted(enrolled: Encoded, probes: Encoded, block: Sequence[Template], *, once: bool) -> Mask:
    """Leave out a template's own recordings, and with `once` what was compared the other way."""
    wanted = np.ones((len(block), len(probes.utterances)), bool)
    row = {each.name: number for number, each in enumerate(probes.utterances)}
    for number, template in enumerate(block):
        own = [row.get(enrolled.utterances[each].name) for each in template.rows]
        wanted[number, [each for each in own if each is not None]] = False
        if once:
            wanted[number, : template.rows[0]] = False
    return wanted
