"""Judge a detector that an operator brings: it was trained elsewhere, so nobody is held out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from gateway.evaluation import manifest
from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks import material
from gateway.evaluation.attacks.hearing import CLEAN
from gateway.evaluation.attacks.material import Heard
from gateway.evaluation.attacks.measure import BUDGET, accepted, rejected, threshold_of
from gateway.evaluation.attacks.models import MODELS
from gateway.evaluation.attacks.presentation import BONA_FIDE
from gateway.evaluation.attacks.report import about, counted, draw, table, words
from gateway.evaluation.rates import Rate
from gateway.models import pull
from gateway.progress import Progress
from verifiers.models import digest
from verifiers.voice.pad import Detector
from verifiers.voice.pad.aasist import Aasist

FORMAT = "gatehouse-pad-brought/1"


@dataclass(frozen=True, slots=True)
class Passed:
    """Attacks of one species that it takes for people, and those without channel or noise."""

    all: Rate
    clean: Rate
    scores: Real = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a detector does at the threshold that the budget of BPCER sets."""

    threshold: float
    bpcer: Rate
    conditions: Mapping[str, Rate]
    species: Mapping[str, Passed]
    scores: Real = field(repr=False)

    @classmethod
    def of(cls, heard: Sequence[Heard], scores: Real) -> Self:
        """Judge by the scores of what was heard: the higher, the likelier a person."""
        species, conditions = (
            np.array([getattr(each, name) for each in heard]) for name in ("species", "condition")
        )
        people = species == BONA_FIDE
        threshold = threshold_of(scores[people], BUDGET)
        found = {
            str(name): Passed(
                accepted(scores[species == name], threshold),
                accepted(scores[(species == name) & (conditions == CLEAN)], threshold),
                scores[species == name],
            )
            for name in np.unique(species[~people])
        }
        return cls(
            threshold,
            rejected(scores[people], threshold),
            {
                str(name): rejected(scores[people & (conditions == name)], threshold)
                for name in np.unique(conditions[people])
            },
            dict(sorted(found.items(), key=lambda pair: -pair[1].all.value)),
            scores[people],
        )

    @property
    def worst(self) -> float:
        """The APCER of the species that passes most often."""
        return max(each.all.value for each in self.species.values())


@dataclass(frozen=True, slots=True)
class Report:
    """One run: which file, on which recordings, and what came out."""

    path: Path
    sha256: str
    data: str
    found: Brought
    absent: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        """Return the point with its rates, and what they are of."""
        found = self.found
        return {
            "format": FORMAT,
            "network": self.sha256,
            "data": self.data,
            "threshold": found.threshold,
            "bpcer": counted(found.bpcer),
            "worst_apcer": found.worst,
            "conditions": {name: counted(each) for name, each in found.conditions.items()},
            "species": {name: counted(each.all) for name, each in found.species.items()},
        }

    def lines(self) -> Iterator[str]:
        """Say it in Markdown, worst first, with the settings that follow from it."""
        found = self.found
        yield f"Threshold **{found.threshold}**: BPCER {words(found.bpcer)}, of a budget of"
        yield f"{100 * BUDGET:g} %. SHA-256 of the recordings' names and hashes: `{self.data}`."
        yield "What the network was trained on is not known here: people or attacks that it has"
        yield "seen make these figures too good."
        yield from table(
            "attack | what it is | APCER | of these without channel or noise",
            (
                (name, about(name), words(each.all), words(each.clean))
                for name, each in found.species.items()
            ),
        )
        yield from table(
            "heard through | BPCER",
            ((name, words(each)) for name, each in found.conditions.items()),
        )
        yield from (f"{name} could not be made: {why}." for name, why in self.absent.items())
        yield from ("", "```", *self._settings(), "```")

    def _settings(self) -> Iterator[str]:
        given = {
            "": self.path.resolve(),
            "_SHA256": self.sha256,
            "_THRESHOLD": self.found.threshold,
            "_BPCER": round(self.found.bpcer.value, 4),
            "_APCER": round(self.found.worst, 4),
        }
        yield from (f"GATEHOUSE_VOICE_AASIST{name}={value}" for name, value in given.items())


def run(people: Path, root: Path, kept: Path, network: Path, progress: Progress) -> Report:
    """Make attacks of the recordings, and let a network judge all. Raises Misconfigured."""
    sha256 = digest(network)
    detector = Aasist.load(network, sha256, threshold=0.0)
    recordings = material.read(people, root)
    pull(progress, MODELS)
    heard = material.collect(recordings, kept, progress)
    found = Brought.of(heard, scored(heard, detector, progress))
    return Report(network, sha256, manifest.digest(recordings), found, material.missing())


def scored(heard: Sequence[Heard], detector: Detector, progress: Progress) -> Real:
    """Score all that was heard."""
    scores = np.empty(len(heard), np.float64)
    for number, each in enumerate(heard):
        scores[number] = detector.score(each.waveform)
        progress("Judging", number + 1, len(heard))
    return scores


def write(report: Report, folder: Path) -> list[Path]:
    """Write `aasist.json`, `aasist.md` and the plot."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("aasist.json", "aasist.md", "aasist-det.png")]
    paths[0].write_text(json.dumps(report.json(), indent=1) + "\n", "utf-8")
    paths[1].write_text("\n".join(report.lines()) + "\n", "utf-8")
    attacks = {name: each.scores for name, each in report.found.species.items()}
    draw(paths[2], report.found.scores, attacks, report.found.bpcer)
    return paths
