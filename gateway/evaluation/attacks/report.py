"""What was found, as a file that ships, as a page, and as a plot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.measure import BUDGET, Judged
from gateway.evaluation.attacks.species import SPECIES
from gateway.evaluation.attacks.training import FOLDS
from gateway.evaluation.geometry import deviate, percent
from gateway.evaluation.rates import Rate
from verifiers.voice.pad.shipped import Weights

FORMAT = "gatehouse-pad/1"
COMMAND = "gatehouse evaluate attacks MANIFEST.csv"
TICKS = (0.01, 0.05, 0.2, 0.5)
COLOUR = "#1f5fa8"
EDGES = (0.002, 0.998)
NEVER = "never trained on"


@dataclass(frozen=True, slots=True)
class Found:
    """One run: what it was made of, what came out. `absent` species could not be made here."""

    data: str
    recordings: int
    people: int
    pieces: int
    weights: Weights
    judged: Judged
    absent: Mapping[str, str]

    def json(self) -> dict[str, Any]:
        """Return what ships: numbers, where they come from, and the point with its rates."""
        judged, weights = self.judged, self.weights
        arrays = {name: listed(getattr(weights, name)) for name in ("mean", "scale", "weight")}
        return {
            "format": FORMAT,
            "date": date.today().isoformat(),  # noqa: DTZ011  # the day of whoever trains
            "command": COMMAND,
            "data": {"sha256": self.data, "recordings": self.recordings, "people": self.people},
            "point": {
                "threshold": judged.threshold,
                "bpcer": counted(judged.bpcer),
                "worst_apcer": max(each.unknown.value for each in judged.species.values()),
            },
            "corpora": {name: counted(each[0]) for name, each in judged.corpora.items()},
            "species": {
                name: {"apcer": counted(each.known), "apcer_left_out": counted(each.unknown)}
                for name, each in judged.species.items()
            },
            "weights": {**arrays, "offset": weights.offset},
        }

    def lines(self) -> Iterator[str]:
        """Say it in Markdown, worst first."""
        judged = self.judged
        yield f"Trained on {self.pieces} pieces of speech, bona fide and attacks, made of"
        yield f"{self.recordings} recordings of {self.people} people. SHA-256 of their names and"
        yield f"hashes: `{self.data}`. Judged on people and voices held out, in {FOLDS} folds."
        yield ""
        rate = words(judged.bpcer)
        yield f"Threshold **{judged.threshold}**: BPCER {rate}, of a budget of {100 * BUDGET:g} %."
        yield from table(
            "attack | what it is | APCER, species never seen | of these without channel or noise "
            "| APCER, species seen in training",
            (
                (name, about(name), words(each.unknown), words(each.clean), known(name, each.known))
                for name, each in judged.species.items()
            ),
        )
        yield from table(
            "people of | BPCER | BPCER where the whole corpus was held out",
            (
                (name, words(here), words(blind) if blind else NEVER)
                for name, (here, blind) in judged.corpora.items()
            ),
        )
        yield from table(
            "heard through | BPCER",
            ((name, words(each)) for name, each in judged.conditions.items()),
        )
        yield from (f"{name} could not be made: {why}." for name, why in self.absent.items())


def table(head: str, rows: Any) -> Iterator[str]:  # noqa: ANN401  # any rows of words
    """Write a table."""
    yield ""
    yield f"| {head} |"
    yield "|" + "---|" * (head.count("|") + 1)
    yield from (f"| {' | '.join(row)} |" for row in rows)


def words(rate: Rate) -> str:
    """Return a rate with its count and its 95 % bounds, in percent."""
    return (
        f"{100 * rate.value:.1f} % ({rate.errors}/{rate.comparisons}, "
        f"{100 * rate.low:.1f} to {100 * rate.high:.1f})"
    )


def known(name: str, rate: Rate) -> str:
    """Return the rate of a species that was trained on."""
    return words(rate) if any(each.trained and each.name == name for each in SPECIES) else NEVER


def about(name: str) -> str:
    """Say what a species is."""
    return next(each.about for each in SPECIES if each.name == name)


def counted(rate: Rate) -> dict[str, float]:
    """Return a rate as plain data."""
    return {
        "errors": rate.errors,
        "trials": rate.comparisons,
        "rate": round(rate.value, 5),
        "upper": round(rate.high, 5),
    }


def listed(values: Any) -> list[float]:  # noqa: ANN401  # an array of any width
    """Return numbers as they are written."""
    return [round(float(value), 6) for value in values]


def write(found: Found, folder: Path) -> list[Path]:
    """Write `detector.json`, `voice-attacks.md` and the plot."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [
        folder / name for name in ("detector.json", "voice-attacks.md", "voice-attacks-det.png")
    ]
    paths[0].write_text(
        json.dumps(found.json(), indent=None, separators=(",", ":")) + "\n", "utf-8"
    )
    paths[1].write_text("\n".join(found.lines()) + "\n", "utf-8")
    attacks = {name: each.scores for name, each in found.judged.species.items()}
    label = "APCER, species left out of training"
    draw(paths[2], found.judged.scores, attacks, found.judged.bpcer, label)
    return paths


def deviates(rates: Sequence[float]) -> list[float]:
    """Stretch rates to normal deviates."""
    return [deviate(rate, EDGES) for rate in rates]


def draw(
    path: Path, genuine: Real, species: Mapping[str, Real], bpcer: Rate, label: str = "APCER"
) -> None:
    """Draw the trade-off of each species."""
    figure = Figure(figsize=(7, 6), layout="constrained")
    axes = figure.add_subplot()
    points = np.quantile(genuine, np.linspace(0.002, 0.6, 60))
    people = [float(np.mean(genuine < point)) for point in points]
    for name, scores in species.items():
        attacks = [float(np.mean(scores >= point)) for point in points]
        axes.plot(deviates(people), deviates(attacks), label=name, linewidth=1.2)
    (x,) = deviates([bpcer.value])
    axes.axvline(x, color=COLOUR, linestyle=":", linewidth=1)
    marks = deviates(TICKS)
    axes.set_xticks(marks, list(map(percent, TICKS)))
    axes.set_yticks(marks, list(map(percent, TICKS)))
    axes.set(xlabel="BPCER", ylabel=label)
    axes.grid(visible=True, color="#d8d8d8", linewidth=0.6)
    axes.legend(fontsize=7)
    figure.savefig(path, dpi=120)
