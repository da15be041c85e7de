"""Calls in which the speaker changes: how soon that is noticed, and how often it is not so.

Recordings of different people are spliced, in segments as a chatbot would send them, and the factor
follows them as it does in the gateway. Prints the figures of docs/voice-notes.md:
python -m bench.voice_calls MANIFEST.csv
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import numpy as np

from contracts.clock import SystemClock
from contracts.errors import Retry
from contracts.factor import Enrolled
from contracts.listening import Following
from contracts.sample import Modality, Sample
from gateway.evaluation import manifest
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import CONDITIONS, Condition
from gateway.evaluation.recording import load
from verifiers.voice import assemble
from verifiers.voice.arrays import waveform
from verifiers.voice.audio import wav
from verifiers.voice.calls import Segments
from verifiers.voice.job import Listen, parts
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.template import Voiceprint
from verifiers.voice.utterance import LISTEN, Ears, PooledEars, Utterance
from verifiers.voice.vectors import mean, pack, unpack

SECONDS = 3
"""Of one segment."""
ENROLLED = 3
OTHERS = 6
"""How many people take the call over from each, one after the other."""
SEED = 1
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """Somebody who is enrolled, and what they say in a call, cut into segments."""

    enrolled: Enrolled
    segments: Sequence[Sample]


@dataclass(frozen=True)
class Window:
    """What the factor made of one segment; `judged` where there was enough speech."""

    judged: bool
    fell: bool
    changed: bool


@dataclass(frozen=True)
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


class Pool:
    """Listens as the inference pool does, in this process, once to each recording."""

    def __init__(self, hear: Callable[[Waveform], Utterance]) -> None:
        self._hear = hear
        self._heard: dict[tuple[str, bytes], bytes | Retry] = {}

    def __call__(self, job: str, recording: bytes) -> bytes:
        """Do a job. Raises Retry where a recording is poor."""
        work = {LISTEN: self._listen}[job]
        if (job, recording) not in self._heard:
            self._heard[job, recording] = work(recording)
        heard = self._heard[job, recording]
        if isinstance(heard, Retry):
            raise heard
        return heard

    def _listen(self, recording: bytes) -> bytes | Retry:
        try:
            return self._hear(waveform(wav.pcm(recording))).dump()
        except Retry as poor:
            return poor


class Watch:
    """Follows calls by the limits that ship."""

    def __init__(self, ears: Ears) -> None:
        self._settings = VoiceSettings.load()
        self._factor: Following = assemble(ears, self._settings, SystemClock())

    def windows(self, whose: Person, call: Sequence[Sample]) -> Iterator[Window]:
        """Yield what the factor makes of each segment; a poor one changes nothing."""
        state, low = b"", 0
        for segment in call:
            try:
                followed = self._factor.follow(state, [whose.enrolled], segment)
            except Retry:
                yield Window(judged=False, fell=False, changed=False)
                continue
            state, before, found = followed.state, low, Segments.load(followed.state)
            low, judged = found.low, found.speech >= self._settings.call_window_ms
            yield Window(judged, fell=low > before, changed=followed.changed)

    def alarm(self, whose: Person, call: Sequence[Sample]) -> int | None:
        """Return the segment at which a change is noticed; None where none is."""
        windows = enumerate(self.windows(whose, call))
        return next((number for number, each in windows if each.changed), None)


def people(listed: Path, ears: Ears, condition: Condition) -> list[Person]:
    """Enrol everybody who speaks long enough."""
    rng = np.random.default_rng(SEED)
    rows = sorted(manifest.read(listed, listed.parent), key=lambda each: (each.subject, each.name))
    grouped = groupby(rows, key=lambda each: each.subject)
    files = [[each.path for each in group] for _, group in grouped]
    found = (person([condition(load(path), rng) for path in held], ears) for held in files)
    return [each for each in found if each]


def person(waveforms: Sequence[Waveform], ears: Ears) -> Person | None:
    """Enrol by the first recordings; None where what is left is too little or too poor."""
    enrolled = list(heard(map(sample, waveforms[:ENROLLED]), ears))
    rest = np.concatenate([np.zeros(0, np.float32), *waveforms[ENROLLED:]])
    cut = [rest[at : at + SECONDS * wav.RATE] for at in range(0, rest.size, SECONDS * wav.RATE)]
    segments = [each for each, _ in heard(map(sample, cut), ears)]
    if len(enrolled) < ENROLLED or len(segments) < ENROLLED:
        return None
    return Person(voiceprint([said for _, said in enrolled]), segments)


def voiceprint(said: Sequence[Utterance]) -> Enrolled:
    """Make a template of recordings."""
    seed = bytes(32)
    middle = pack(mean([unpack(each.embedding) for each in said], [1.0] * len(said)))
    made = Voiceprint(b"", middle, said[0].channel, len(said)).protected(seed)
    return Enrolled("one", made.dump(), said[0].engine, 1, seed=seed)


def sample(waveform: Waveform) -> Sample:
    """Return a recording as a chatbot sends it."""
    data = wav.wave(np.rint(np.clip(waveform, -1, 1) * 32_767).astype("<i2").tobytes())
    return Sample(Modality.VOICE, "audio/wav", data, NOW, "bench", forwarded="bench")


def heard(recordings: Iterator[Sample], ears: Ears) -> Iterator[tuple[Sample, Utterance]]:
    """Yield what is not too poor."""
    for each in recordings:
        try:
            yield each, ears.listen(each.data)
        except Retry:
            continue


def measure(name: str, everybody: Sequence[Person], watch: Watch) -> Figures:
    """Let everybody speak to the end, and let others take over from them."""
    own = [list(watch.windows(whose, whose.segments)) for whose in everybody]
    after = [delay for whose in everybody for delay in taken_over(whose, everybody, watch)]
    noticed = [delay * SECONDS for delay in after if delay is not None]
    return Figures(
        condition=name,
        people=len(everybody),
        windows=sum(each.judged for call in own for each in call),
        false_windows=sum(each.fell for call in own for each in call),
        calls=len(own),
        false_calls=sum(any(each.changed for each in call) for call in own),
        changes=len(after),
        unnoticed=len(after) - len(noticed),
        median_seconds=float(np.median(noticed or [0])),
        most_seconds=float(max(noticed, default=0)),
    )


def taken_over(whose: Person, everybody: Sequence[Person], watch: Watch) -> Iterator[int | None]:
    """Yield after how many segments of the other it is noticed that they speak."""
    at = everybody.index(whose)
    count = min(OTHERS, len(everybody) - 1)
    for step in range(1, count + 1):
        before, other = whose.segments[:3], everybody[(at + step) % len(everybody)]
        alarm = watch.alarm(whose, [*before, *other.segments])
        yield None if alarm is None else alarm + 1 - len(before)


def main(listed: str) -> None:
    """Print the figures of each channel."""
    ears = PooledEars(Pool(Listen(*parts()).utterance))
    for name in ("clean", "telephone"):
        found = people(Path(listed), ears, CONDITIONS[name])
        print(json.dumps(asdict(measure(name, found, Watch(ears)))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
