"""Make attacks, train the detector, judge it."""

from __future__ import annotations

from pathlib import Path

from gateway.evaluation import manifest
from gateway.evaluation.attacks import material
from gateway.evaluation.attacks.measure import judge, trainable
from gateway.evaluation.attacks.models import MODELS
from gateway.evaluation.attacks.report import Found
from gateway.evaluation.attacks.species import SPECIES
from gateway.evaluation.attacks.training import Rows, fit
from gateway.models import pull
from gateway.progress import Progress


def run(people: Path, root: Path, kept: Path, progress: Progress) -> Found:
    """Train and judge. What was heard is kept for the next run. Raises Misconfigured."""
    recordings = material.read(people, root)
    free = [each for each in recordings if each.free]
    pull(progress, MODELS)
    rows = Rows.of(material.collect(recordings, kept, progress))
    trained = frozenset(each.name for each in SPECIES if each.trained)
    usable = trainable(rows, trained)
    return Found(
        manifest.digest(free),
        len(free),
        len({each.subject for each in free}),
        int(usable.sum()),
        fit(rows.where(usable)),
        judge(rows, trained),
        material.missing(),
    )
