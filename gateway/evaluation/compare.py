"""Compare everybody with everybody: genuine within a subject, impostor between subjects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gateway.evaluation.arrays import Floats, Mask
from gateway.evaluation.correcting import Chosen, plain
from gateway.evaluation.encode import Encoded
from gateway.evaluation.manifest import Utterance
from verifiers.voice.arrays import unit
from verifiers.voice.channels import TELEPHONE
from verifiers.voice.projection import Projection

Indices = NDArray[np.int32]
Names = NDArray[np.str_]

BLOCK = 10_000
"""Comparisons at a time: what is held beside the result stays small."""
Choosing = Callable[[Sequence[str]], Chosen]
"""Chooses what corrects the telephone voices of each two people."""


@dataclass(frozen=True, slots=True)
class Template:
    """Which recordings, by their row, one template is made of, and whose they are."""

    subject: str
    rows: tuple[int, ...]


class View(NamedTuple):
    """Voices as one correction leaves them: the means of templates, the embeddings of probes."""

    means: NDArray[np.float32]
    probes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """Comparisons as columns: 13 bytes each.

    `template` and `probe` are rows of `templates` and of the probes, `view` is the one of the
    `views` that was compared; `owner` and `speaker` say for each template and each probe which of
    the `subjects` it is.
    """

    score: NDArray[np.float32]
    template: Indices
    probe: Indices
    view: NDArray[np.int8]
    views: Sequence[View]
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
        return self.where(wanted[self.owner[self.template]] & wanted[self.speaker[self.probe]])

    def where(self, kept: Mask) -> Scores:
        """Keep some of the comparisons."""
        return replace(self, score=self.score[kept], template=self.template[kept],
                       probe=self.probe[kept], view=self.view[kept])  # fmt: skip


def compare(
    enrolled: Encoded, probes: Encoded, utterances: int, choose: Choosing = plain
) -> Scores:
    """Compare templates of so many recordings each with all recordings outside of them.

    Templates of one subject share no recording. With one recording per template, and nothing else
    between enrolment and probe, each pair is compared once. Raises what `choose` raises.
    """
    made = templates(enrolled.utterances, utterances)
    subjects = sorted({each.subject for each in (*enrolled.utterances, *probes.utterances)})
    number = {subject: index for index, subject in enumerate(subjects)}
    owner = np.array([number[each.subject] for each in made], np.int32)
    speaker = np.array([number[each.subject] for each in probes.utterances], np.int32)
    template, probe = _wanted(enrolled, probes, made)
    heard = {*enrolled.channels, *probes.channels}
    chosen = (choose if TELEPHONE in heard else plain)(subjects)
    view = chosen.of(owner[template], speaker[probe])
    views = [_view(enrolled, probes, made, each) for each in chosen.projections]
    return Scores(
        _scored(views, view, template, probe), template, probe, view, views,
        made, enrolled, probes, subjects, owner, speaker,
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


def _view(
    enrolled: Encoded, probes: Encoded, made: Sequence[Template], projection: Projection | None
) -> View:
    voices = enrolled.corrected(projection).embeddings
    means = [mean(voices[list(each.rows)]) for each in made]
    return View(np.array(means), probes.corrected(projection).embeddings)


def _scored(
    views: Sequence[View], view: NDArray[np.int8], template: Indices, probe: Indices
) -> NDArray[np.float32]:
    """Return the cosine of each comparison, as many at a time as stay small."""
    score = np.zeros(template.size, np.float32)
    for number, (means, probes) in enumerate(views):
        rows = np.flatnonzero(view == number)
        for block in np.split(rows, range(BLOCK, rows.size, BLOCK)):
            score[block] = np.einsum("nd,nd->n", means[template[block]], probes[probe[block]])
    return score


def mean(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean direction (dimension,) of embeddings (recordings, dimension)."""
    return unit(embeddings.mean(axis=0))


def _wanted(
    enrolled: Encoded, probes: Encoded, made: Sequence[Template]
) -> tuple[Indices, Indices]:
    """Return templates and probes of all comparisons: no template with its own recordings.

    What would be compared both ways is compared once.
    """
    once = enrolled is probes and all(len(each.rows) == 1 for each in made)
    row = {each.name: number for number, each in enumerate(probes.utterances)}
    found = []
    for each in made:
        wanted = np.ones(len(probes.utterances), bool)
        own = (row.get(enrolled.utterances[number].name) for number in each.rows)
        wanted[[number for number in own if number is not None]] = False
        wanted[: each.rows[0] if once else 0] = False
        found.append(np.flatnonzero(wanted).astype(np.int32))
    template = np.repeat(np.arange(len(made), dtype=np.int32), [rows.size for rows in found])
    return template, np.concatenate([np.zeros(0, np.int32), *found])
