"""Evaluate the protection of voiceprints on a manifest: encode, protect, link, write."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from contracts.errors import Misconfigured
from gateway.evaluation import manifest
from gateway.evaluation.arrays import Floats
from gateway.evaluation.compare import mean
from gateway.evaluation.encode import Encoded, encode
from gateway.evaluation.linkability import LINKAGES, Linkability, measure, scores
from gateway.progress import Progress
from verifiers.voice.protection import ROUNDS

UTTERANCES = 3
SHOWN = (1, 4, ROUNDS)
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What to evaluate: a manifest, the folder its paths start from, pairs of deployments."""

    manifest: Path
    root: Path
    deployments: int
    seed: int


def run(order: Order, folder: Path, progress: Progress) -> Linkability:
    """Evaluate and write `linkability.json` and `linkability.png`.

    Raises Misconfigured where the manifest, the models or people are missing.
    """
    voices = means(encode(manifest.read(order.manifest, order.root), progress))
    found = measure(voices, order.deployments, order.seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "linkability.json").write_text(json.dumps(found.json(), indent=1) + "\n", "utf-8")
    draw(folder / "linkability.png", voices, order)
    return found


def means(encoded: Encoded) -> Floats:
    """Return one voiceprint per person, of their first three recordings. Raises Misconfigured."""
    people = np.array([each.subject for each in encoded.utterances])
    names = np.unique(people)
    if names.size < FEWEST:
        raise Misconfigured(detail=f"{FEWEST} people with good recordings are needed")
    rows = [mean(encoded.embeddings[people == name][:UTTERANCES]) for name in names]
    return np.array(rows, np.float64)


def draw(path: Path, voices: Floats, order: Order) -> None:
    """Draw how scores of one person and of two lie upon each other, after more and more rounds."""
    figure = Figure(figsize=(9, 2.2 * len(SHOWN)), layout="constrained")
    for row, rounds in zip(figure.subplots(len(SHOWN), len(LINKAGES)), SHOWN, strict=True):
        found = scores(voices, rounds, order.deployments, order.seed)
        for axes, (name, (mated, other)) in zip(row, found.items(), strict=True):
            edges = np.linspace(min(mated.min(), other.min()), max(mated.max(), other.max()), 50)
            axes.hist(other, edges, density=True, color="#b3541e", alpha=0.6, label="two people")
            axes.hist(mated, edges, density=True, histtype="step", color="#1f5fa8", label="one")
            axes.set_title(f"{rounds} rounds, {name}", fontsize="small", loc="left")
            axes.set_yticks([])
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)
