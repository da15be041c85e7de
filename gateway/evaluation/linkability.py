"""How well protected voiceprints of two deployments can be linked (ISO/IEC 24745, unlinkability).

The measure is D_sys of Gomez-Barrero, Galbally, Rathgeb and Busch, "General Framework to Evaluate
Unlinkability in Biometric Template Protection Systems" (IEEE TIFS 2018): 0, nothing can be
linked; 1, everything. Mated scores are of one person in both deployments, with the very same
voiceprint, which is more than two enrolments would share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from gateway.evaluation.arrays import Floats
from verifiers.voice.protection import ROUNDS, SALT_BYTES, SEED_BYTES, Transform

Linkage = Callable[[Floats, Floats], Floats]
"""Scores every row of one matrix (people, dimension) against every row of another."""


class Scores(NamedTuple):
    """Scores of one person in two deployments, and of two people."""

    mated: Floats
    other: Floats


FEWER = (0, 1, 2, 4, 8, ROUNDS)
"""How many rounds of the transform are tried; with none, a template is its raw vector."""
MOST_BINS = 100
PER_BIN = 10


@dataclass(frozen=True, slots=True)
class Linked:
    """What one linkage function can tell after so many rounds.

    `chance` is what the same estimate makes of scores of which none are mated.
    """

    rounds: int
    linkage: str
    d_sys: float
    chance: float
    mated: int
    other: int


@dataclass(frozen=True, slots=True)
class Linkability:
    """All of it: `worst` is of the transform as it is shipped.

    `raw` is the largest cosine between a protected and its raw voiceprint, `changed` the largest
    change of a cosine that protecting made.
    """

    people: int
    deployments: int
    rounds: int
    found: Sequence[Linked]
    worst: float
    raw: float
    changed: float

    def json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        yield f"People               {self.people}, each in {self.deployments} pairs of deployments"
        for each in self.found:
            yield (
                f"{f'{each.rounds} rounds, {each.linkage}':<20} D_sys {each.d_sys:.3f} "
                f"({each.mated} mated, {each.other} other; by chance {each.chance:.3f})"
            )
        yield f"As shipped           D_sys {self.worst:.3f} at the worst, {self.rounds} rounds"
        yield f"Protected and raw    cosine of {self.raw:.3f} at the most"
        yield f"Cosines              changed by {self.changed:.1e} at the most"


def cosines(ours: Floats, theirs: Floats) -> Floats:
    """Link by the angle."""
    scores: Floats = ours @ theirs.T
    return scores


def sizes(ours: Floats, theirs: Floats) -> Floats:
    """Link by the sizes of coordinates, wherever they are: shuffles and signs keep those."""
    return _near(np.sort(np.abs(ours)), np.sort(np.abs(theirs)))


def order(ours: Floats, theirs: Floats) -> Floats:
    """Link by the coordinates in their order: shuffles keep those."""
    return _near(np.sort(ours), np.sort(theirs))


LINKAGES: Mapping[str, Linkage] = {"cosine": cosines, "sizes": sizes, "order": order}


def measure(voices: Floats, deployments: int, seed: int) -> Linkability:
    """Enrol people (people, dimension) in pairs of deployments and try to link them."""
    found = [each for rounds in FEWER for each in _linked(voices, rounds, deployments, seed)]
    shipped = [each for each in found if each.rounds == ROUNDS]
    protected = _protected(voices, ROUNDS, f"{seed}|raw")
    same = _protected(voices, ROUNDS, f"{seed}|one", one=True)
    return Linkability(
        people=len(voices),
        deployments=deployments,
        rounds=ROUNDS,
        found=found,
        worst=max(each.d_sys for each in shipped),
        raw=float(np.abs(np.sum(protected * voices, axis=1)).max()),
        changed=float(np.abs(same @ same.T - voices @ voices.T).max()),
    )


def scores(voices: Floats, rounds: int, deployments: int, seed: int) -> Mapping[str, Scores]:
    """Return what each linkage makes of all pairs of deployments."""
    pairs = [
        tuple(_protected(voices, rounds, f"{seed}|{number}|{side}") for side in range(2))
        for number in range(deployments)
    ]
    same = np.eye(len(voices), dtype=bool)
    found = {}
    for name, linkage in LINKAGES.items():
        matrices = np.array([linkage(ours, theirs) for ours, theirs in pairs])
        found[name] = Scores(matrices[:, same].ravel(), matrices[:, ~same].ravel())
    return found


def d_sys(mated: Floats, other: Floats) -> float:
    """Return the global measure, both kinds of scores being as likely: 0 to 1."""
    bins = int(np.clip(mated.size // PER_BIN, 2, MOST_BINS))
    edges = np.linspace(
        min(mated.min(), other.min()), max(mated.max(), other.max()) + 1e-12, bins + 1
    )
    ours, theirs = (np.histogram(each, edges)[0] / each.size for each in (mated, other))
    # 2 * LR / (1 + LR) - 1, where scores of one person are the likelier ones; 0 elsewhere.
    local = np.maximum((ours - theirs) / np.maximum(ours + theirs, 1e-300), 0)
    return float(np.sum(local * ours))


def _linked(voices: Floats, rounds: int, deployments: int, seed: int) -> Iterator[Linked]:
    chance = np.random.default_rng(seed)
    for name, (mated, other) in scores(voices, rounds, deployments, seed).items():
        strangers = chance.permutation(other)
        by_chance = d_sys(strangers[: mated.size], strangers[mated.size :])
        found = d_sys(mated, other)
        yield Linked(rounds, name, found, by_chance, mated.size, other.size)


def _protected(voices: Floats, rounds: int, deployment: str, *, one: bool = False) -> Floats:
    """Protect everybody as a deployment does: with seeds of their own, or all with `one`."""
    rows = [
        Transform(*_secrets(f"{deployment}|{0 if one else person}"), voices.shape[1], rounds)
        for person in range(len(voices))
    ]
    protected = [row.apply(voice.tolist()) for row, voice in zip(rows, voices, strict=True)]
    return np.array(protected, np.float32).astype(np.float64)


def _secrets(name: str) -> tuple[bytes, bytes]:
    """Return a seed and a salt that are the same in every run."""
    chance = np.random.default_rng(list(name.encode()))
    return chance.bytes(SEED_BYTES), chance.bytes(SALT_BYTES)


def _near(ours: Floats, theirs: Floats) -> Floats:
    """Return how near rows are, higher is nearer."""
    squares = np.sum(ours**2, axis=1)[:, None] + np.sum(theirs**2, axis=1)[None]
    distances = np.sqrt(np.maximum(squares - 2 * ours @ theirs.T, 0))
    near: Floats = -distances
    return near
