"""Calls in which the speaker changes: how soon that is noticed, and how often it is not so.

`python -m gateway.evaluation.calls MANIFEST.csv`: recordings of different people are spliced, in
segments as a chatbot would send them, and go through the decision that the gateway makes.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from contracts.errors import Retry
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import CONDITIONS, Condition
from gateway.evaluation.encode import Listening, Pooled
from gateway.evaluation.folds import fold
from gateway.evaluation.recording import load
from verifiers.voice.audio.wav import RATE
from verifiers.voice.calibration import Calibration
from verifiers.voice.calls import Segments
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance
from verifiers.voice.vectors import cosine, mean, unpack
from verifiers.voice.verifying import Spoken

SECONDS = 3
"""Of one segment."""
ENROLLED = 3
OTHERS = 6
"""How many people take the call over from each, one after the other."""
SEED = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Three recordings that enrol somebody, and what they say in a call, cut into segments."""

    subject: str
    voiceprint: tuple[float, ...]
    channel: str
    segments: Sequence[Utterance]


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of one condition; seconds are of the call, from the first word of the other."""

    condition: str
    people: int
    windows: int
    false_windows: int
    calls: int
    false_calls: int
    changes: int
    unnoticed: int
    median_seconds: float
    most_seconds: float


class Watch:
    """Makes the decision of a call, by the limits that ship."""

    def __init__(self, calibration: Calibration, settings: VoiceSettings) -> None:
        self._calibration = calibration
        self._settings = settings

    def ratio(self, whose: Person, said: Utterance) -> float:
        """Return the likelihood ratio of a voice, natural logarithm."""
        line = self._calibration.line(whose.channel, said.channel, ENROLLED)
        return line.ratio(cosine(whose.voiceprint, unpack(said.embedding)))

    def ratios(self, whose: Person, call: Sequence[Utterance]) -> Iterator[float | None]:
        """Yield the ratio of the window that ends with each segment; None: too little speech."""
        window = Segments()
        for said in call:
            window = window.add(Spoken(said, (), 0)).last(self._settings.call_window_ms)
            enough = window.speech >= self._settings.call_window_ms
            yield self.ratio(whose, window.merged().utterance) if enough else None

    def fell(self, ratio: float) -> bool:
        """Tell whether a window is another's."""
        return ratio < self._settings.call_change

    def alarm(self, ratios: Sequence[float | None]) -> int | None:
        """Return the segment at which a change is noticed; None where none is."""
        low = 0
        for number, ratio in enumerate(ratios):
            low = low if ratio is None else low + 1 if self.fell(ratio) else 0
            if low >= self._settings.call_windows:
                return number
        return None


def people(
    manifest: Path, listening: Listening, condition: Condition, folds: frozenset[int]
) -> list[Person]:
    """Listen to everybody of some folds who speaks long enough."""
    files: dict[str, list[Path]] = {}
    with manifest.open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["modality"] == "voice" and fold(row["subject"], 2) in folds:
                files.setdefault(row["subject"], []).append(manifest.parent / row["file"])
    rng = np.random.default_rng(SEED)
    found = (_person(name, held, listening, condition, rng) for name, held in files.items())
    return [each for each in found if each]


def measure(name: str, everybody: Sequence[Person], watch: Watch) -> Figures:
    """Let everybody speak to the end, and let others take over from them."""
    windows, own, after = [], [], []
    for whose in everybody:
        ratios = list(watch.ratios(whose, whose.segments))
        windows += [each for each in ratios if each is not None]
        own.append(watch.alarm(ratios))
        after += list(_taken_over(whose, everybody, watch))
    noticed = [delay * SECONDS for delay in after if delay is not None]
    low = sum(map(watch.fell, windows))
    return Figures(
        *(name, len(everybody), len(windows), low),
        *(len(own), sum(each is not None for each in own)),
        *(len(after), len(after) - len(noticed)),
        *(float(np.median(noticed or [0])), float(max(noticed, default=0))),
    )


def _taken_over(whose: Person, everybody: Sequence[Person], watch: Watch) -> Iterator[int | None]:
    """Yield after how many segments of the other it is noticed that they speak."""
    at = everybody.index(whose)
    count = min(OTHERS, len(everybody) - 1)
    others = [everybody[(at + step) % len(everybody)] for step in range(1, count + 1)]
    for other in others:
        before = whose.segments[:3]
        call = [*before, *other.segments]
        alarm = watch.alarm(list(watch.ratios(whose, call)))
        yield None if alarm is None else alarm + 1 - len(before)


def _person(
    subject: str,
    files: Sequence[Path],
    listening: Listening,
    condition: Condition,
    rng: np.random.Generator,
) -> Person | None:
    waveforms = [condition(load(path), rng) for path in sorted(files)]
    enrolled = [each for each in map(_listen(listening), waveforms[:ENROLLED]) if each]
    rest = np.concatenate([np.zeros(0, np.float32), *waveforms[ENROLLED:]])
    cut = [rest[at : at + SECONDS * RATE] for at in range(0, rest.size, SECONDS * RATE)]
    segments = [each for each in map(_listen(listening), cut) if each]
    if len(enrolled) < ENROLLED or len(segments) < ENROLLED:
        return None
    vectors = [unpack(each.embedding) for each in enrolled]
    voiceprint = tuple(mean(vectors, [1.0] * ENROLLED))
    return Person(subject, voiceprint, enrolled[0].channel, segments)


def _listen(listening: Listening) -> Callable[[Waveform], Utterance | None]:
    def listen(waveform: Waveform) -> Utterance | None:
        try:
            return listening.utterance(waveform)
        except Retry:
            return None

    return listen


def main(manifest: str) -> None:
    """Print the figures of each channel."""
    listening, settings = Pooled(), VoiceSettings.load()
    watch = Watch(Calibration.load(), settings)
    for name in ("clean", "telephone"):
        found = people(Path(manifest), listening, _named(CONDITIONS, name), frozenset({0, 1}))
        print(json.dumps(asdict(measure(name, found, watch))))  # noqa: T201


def _named(conditions: Mapping[str, Condition], name: str) -> Condition:
    return conditions[name]


if __name__ == "__main__":
    main(sys.argv[1])
