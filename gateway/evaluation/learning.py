"""Learn what a telephone does to every voice, from recordings that were encoded both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from contracts.errors import Misconfigured
from gateway.evaluation.arrays import Floats
from gateway.evaluation.digits import short
from gateway.evaluation.encode import Encoded, Listening
from gateway.evaluation.manifest import Utterance, digest, pseudonyms
from gateway.evaluation.order import Order, encode
from gateway.progress import Progress
from verifiers.voice.channels import TELEPHONE, WIDE
from verifiers.voice.correction import Correction, Learnt
from verifiers.voice.projection import Projection

DIRECTIONS = 3
"""How many are left out: five or eight miss no fewer, held out."""
FEWEST = 10
"""Fewer people say nothing about what all voices share."""
FIGURES = 7
"""How many significant figures of a number are written."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Embeddings (recordings, dimension) of the same recordings on both channels."""

    utterances: Sequence[Utterance]
    wide: Floats
    telephone: Floats

    @property
    def people(self) -> set[str]:
        """Who speaks."""
        return {each.subject for each in self.utterances}

    def of(self, wanted: Callable[[str], bool]) -> Pairs:
        """Keep the recordings of some people."""
        rows = [row for row, each in enumerate(self.utterances) if wanted(each.subject)]
        kept = [self.utterances[row] for row in rows]
        return Pairs(kept, self.wide[rows], self.telephone[rows])


def paired(encoded: Mapping[str, Encoded]) -> Pairs:
    """Return what was taken for the channel that it was made to sound like, on both of them."""
    wide, telephone = encoded[WIDE], encoded[TELEPHONE]
    row = {each.name: number for number, each in enumerate(wide.utterances)}
    rows = [number for number, each in enumerate(telephone.utterances) if each.name in row]
    utterances = [telephone.utterances[number] for number in rows]
    return Pairs(
        utterances,
        wide.embeddings[[row[each.name] for each in utterances]].astype(np.float64),
        telephone.embeddings[rows].astype(np.float64),
    )


def learn(pairs: Pairs) -> Projection:
    """Return what corrects telephone embeddings. Raises Misconfigured for too few people."""
    if len(pairs.people) < FEWEST:
        raise Misconfigured(
            detail=f"a correction is learnt of {FEWEST} people on both channels, at the least"
        )
    differences = pairs.telephone - pairs.wide
    _, _, directions = np.linalg.svd(differences - differences.mean(axis=0), full_matrices=False)
    mean = pairs.telephone.mean(axis=0).astype(np.float32)
    return Projection(mean, directions[:DIRECTIONS].astype(np.float32))


def correction(order: Order, progress: Progress, listening: Listening | None = None) -> Correction:
    """Encode and learn. Raises Misconfigured for too few people."""
    pairs = paired(encode(order, progress, listening or order.pooled()))
    found = learn(pairs)
    return Correction(
        version=1,
        engine=order.format,
        made=_made(order, pairs),
        mean=_row(found.mean),
        directions=[_row(each) for each in found.directions],
    )


def _made(order: Order, pairs: Pairs) -> Learnt:
    return Learnt(
        date=order.date,
        command=order.command,
        seed=order.seed,
        data=digest(order.utterances()),
        recordings=len(pairs.utterances),
        subjects=pseudonyms(pairs.people),
    )


def _row(values: np.typing.NDArray[np.float32]) -> list[float]:
    return [short(value, FIGURES) for value in values.tolist()]
