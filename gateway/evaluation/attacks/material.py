"""What a detector is trained and judged on: bona fide speech and attacks, as they were heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from contracts.errors import Misconfigured
from gateway.evaluation.arrays import Real
from gateway.evaluation.attacks.hearing import Hearing
from gateway.evaluation.attacks.presentation import BONA_FIDE, Presentation, Species
from gateway.evaluation.attacks.species import SPECIES
from gateway.evaluation.manifest import FREE, Utterance, digest
from gateway.evaluation.manifest import read as listed
from gateway.evaluation.recording import load
from gateway.private import private
from gateway.progress import Progress
from verifiers.voice.audio.speech import Speech

EVERY = 2
"""Of so many recordings one is made an attack of."""
PEAK = 32_767


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech, what it is, what it was heard through; `free` as the recording it is made of."""

    species: str
    name: str
    subject: str
    condition: str
    free: bool
    waveform: Real = field(repr=False)


def missing(species: Sequence[Species] = SPECIES) -> dict[str, str]:
    """Say which species cannot be made here, and why."""
    return {each.name: why for each in species if (why := each.missing())}


def read(people: Path, root: Path) -> list[Utterance]:
    """Read recordings, of which attacks can be made of some. Raises Misconfigured."""
    recordings = listed(people, root, needed=["licence"])
    if not any(each.free for each in recordings):
        raise Misconfigured(detail=f"{people} has no recording under a {FREE} licence")
    return recordings


def presented(recording: Utterance) -> Presentation:
    """Read a recording, as bona fide speech."""
    return Presentation(BONA_FIDE, recording.name, recording.subject, load(recording.path))


def collect(recordings: Sequence[Utterance], folder: Path, progress: Progress) -> list[Heard]:
    """Hear everything, or read what an earlier run of the same recordings left in the folder."""
    bona_fide = [presented(each) for each in recordings]
    free = {each.name for each in recordings if each.free}
    own = [each for each in bona_fide if each.name in free]
    hearing = Hearing(Speech(), [each.waveform for each in own])
    kept = folder / digest(recordings)[:16]
    kept.mkdir(parents=True, exist_ok=True)
    kept.chmod(0o700)
    found = _kept(kept / "bona fide.npz", bona_fide, hearing, free, progress)
    for species in SPECIES:
        if not species.missing():
            made = species.make(own if species.name == "splicing" else own[::EVERY])
            found += _kept(kept / f"{species.name}.npz", made, hearing, None, progress)
    return found


def _kept(
    path: Path,
    presented: Iterable[Presentation],
    hearing: Hearing,
    free: set[str] | None,
    progress: Progress,
) -> list[Heard]:
    """Hear presentations once, then keep what was heard."""
    if not path.exists():
        found = list(_heard(path.stem, presented, hearing, free, progress))
        rows = [
            (each.species, each.name, each.subject, each.condition, str(each.free))
            for each in found
        ]
        waves = [np.rint(each.waveform * PEAK).astype("<i2") for each in found]
        with private(path) as file:
            np.savez(file, np.array(rows), *waves)
    with np.load(path) as held:
        return [_row(row, held[f"arr_{n}"]) for n, row in enumerate(held["arr_0"].tolist(), 1)]


def _row(row: Sequence[str], samples: Real) -> Heard:
    species, name, subject, condition, free = row
    waveform = samples.astype(np.float32) / PEAK
    return Heard(species, name, subject, condition, free == "True", waveform)


def _heard(
    label: str,
    presented: Iterable[Presentation],
    hearing: Hearing,
    free: set[str] | None,
    progress: Progress,
) -> Iterator[Heard]:
    for number, each in enumerate(presented, start=1):
        progress(f"Hearing {label}", number, 0)
        may = free is None or each.name in free
        for condition, waveform in hearing(each):
            yield Heard(each.species, each.name, each.subject, condition, may, waveform)
