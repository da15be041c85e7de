"""Error rates per group of people, where the manifest tells who belongs where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.evaluation.compare import Scores
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.rates import Point, at_threshold

FEW = 10
"""A group of fewer people says little about anybody but these."""
UNKNOWN = "unknown"
FMR_BOUND = 1e-3
RATIO_BOUND = 2.0


@dataclass(frozen=True, slots=True)
class Group:
    """One group: people of one value, compared with each other, at the thresholds of the whole.

    `fnmr_ratio` is the first point's false non-match rate over that of the whole, None where the
    whole has none. `few` marks fewer than ten people.
    """

    column: str
    value: str
    people: int
    recordings: int
    turned_away: int
    genuine: int
    impostor: int
    points: tuple[Point, ...]
    fnmr_ratio: float | None
    few: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the groups of one column lie apart, those of few people left out.

    `bounded` says whether no group's false match rate is above 1e-3 and no false non-match rate
    more than twice another's; None where fewer than two groups are large enough to say.
    """

    column: str
    worst_fmr: float | None
    fnmr_ratio: float | None
    bounded: bool | None


def groups(scores: Scores, columns: Sequence[str], points: Sequence[Point]) -> tuple[Group, ...]:
    """Return the groups of these columns at the given points' thresholds."""
    return tuple(_groups(scores, columns, points))


def _groups(scores: Scores, columns: Sequence[str], points: Sequence[Point]) -> Iterator[Group]:
    failed = [each.utterance for each in scores.probes.failures]
    for column in columns:
        every = [*scores.probes.utterances, *failed]
        for value in sorted({_value(each, column) for each in every}):
            own = [each for each in every if _value(each, column) == value]
            away = sum(_value(each, column) == value for each in failed)
            yield _group(scores, column, value, own, away, points)


def _group(
    scores: Scores,
    column: str,
    value: str,
    own: Sequence[Utterance],
    away: int,
    points: Sequence[Point],
) -> Group:
    people = {each.subject for each in own}
    genuine, impostor = scores.of(people).split()
    enough = genuine.size and impostor.size
    found = tuple(at_threshold(each.threshold, genuine, impostor) for each in points if enough)
    ratio = found[0].fnmr.value / points[0].fnmr.value if found and points[0].fnmr.errors else None
    sizes = (len(people), len(own), away, genuine.size, impostor.size)
    return Group(column, value, *sizes, found, ratio, len(people) < FEW)


def _value(utterance: Utterance, column: str) -> str:
    return utterance.columns.get(column) or UNKNOWN


def spreads(found: Sequence[Group]) -> tuple[Spread, ...]:
    """Say for each column how far its groups lie apart."""
    columns = dict.fromkeys(each.column for each in found)
    return tuple(_spread(name, [each for each in found if each.column == name]) for name in columns)


def _spread(column: str, found: Sequence[Group]) -> Spread:
    judged = [each.points[0] for each in found if each.points and not each.few]
    if len(judged) < 2:
        return Spread(column, None, None, None)
    worst = max(point.fmr.value for point in judged)
    least, most = (pick(point.fnmr.value for point in judged) for pick in (min, max))
    ratio = most / least if least else None
    even = most == 0 or (ratio is not None and ratio <= RATIO_BOUND)
    return Spread(column, worst, ratio, worst <= FMR_BOUND and even)
