"""Answers in which another speaks as well: how many pass, by where the other's voice lies.

Speech of two people is joined without its pauses, so that what is said where is known to the
millisecond; digits are not recognised. Each answer is compared as the factor compares it, by the
whole and by its parts. Prints the figures of docs/decisions/0042-spoken-challenge.md:
python -m bench.voice_mixed MANIFEST.csv
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import cycle, groupby
from pathlib import Path
from typing import Final

import numpy as np

from bench.voice_calls import ENROLLED, SEED, voiceprint
from contracts.errors import Retry
from contracts.factor import Enrolled
from gateway.evaluation import manifest
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import CONDITIONS, Condition
from gateway.evaluation.encode import Listening
from gateway.evaluation.order import SOUNDS
from gateway.evaluation.recording import load
from verifiers.voice.audio.speech import Speech
from verifiers.voice.audio.wav import RATE
from verifiers.voice.deciding import Ratios, made
from verifiers.voice.job import Listen, parts
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance

OWN: Final = True
OTHER: Final = False
Pieces = Sequence[tuple[bool, float]]
"""Who speaks, and for how many seconds, one piece after the other."""
MIXTURES: Mapping[str, Pieces] = {
    "3.6 s: the person alone": [(OWN, 3.6)],
    "3.6 s: another's 1.2 s first": [(OTHER, 1.2), (OWN, 2.4)],
    "3.6 s: another's 1.2 s last": [(OWN, 2.4), (OTHER, 1.2)],
    "3.6 s: another's 1.2 s in the middle": [(OWN, 1.2), (OTHER, 1.2), (OWN, 1.2)],
    "3.6 s: six times another's 0.2 s and 0.4 s": [(OTHER, 0.2), (OWN, 0.4)] * 6,
    "2.1 s: the person alone": [(OWN, 2.1)],
    "2.1 s: another's 0.7 s first": [(OTHER, 0.7), (OWN, 1.4)],
    "2.1 s: another's 0.7 s in the middle": [(OWN, 0.7), (OTHER, 0.7), (OWN, 0.7)],
    "1.7 s: the person alone": [(OWN, 1.7)],
    "1.7 s: another's 0.6 s first": [(OTHER, 0.6), (OWN, 1.1)],
}
LONGEST = max(sum(seconds for _, seconds in pieces) for pieces in MIXTURES.values())
OTHERS = 3
"""How many others speak in a person's answers; so many of their own stretches are taken."""
LEVEL, ROOM = 0.05, 10 ** (-65 / 20)
"""Of everybody's speech, and of the noise in the room."""
BEFORE, AFTER = RATE, RATE // 2


@dataclass(frozen=True)
class Person:
    """Somebody who is enrolled, and what else they say, without pauses."""

    enrolled: Enrolled
    speech: Waveform


@dataclass
class Passed:
    """Of so many answers of one kind, how many pass by the whole, and by their parts too."""

    answers: int = 0
    poor: int = 0
    whole: int = 0
    parts: int = 0


class Judge:
    """Listens as the pool does and decides as the factor does."""

    def __init__(self, listen: Listening | Listen, condition: Condition) -> None:
        self._listen = listen
        self._condition = condition
        self._settings = VoiceSettings.load()
        self._decider: Ratios = made(self._settings)
        self._chance = np.random.default_rng(SEED)

    def hear(self, waveform: Waveform) -> Utterance:
        """Listen under the condition. Raises Retry where it is poor."""
        return self._listen.utterance(self._condition(waveform, self._chance))

    def count(self, passed: Passed, waveform: Waveform, whose: Enrolled) -> None:
        """Count one answer."""
        passed.answers += 1
        room = ROOM * self._chance.standard_normal(waveform.size).astype(np.float32)
        try:
            heard = self.hear(waveform + room)
        except Retry:
            passed.poor += 1
            return
        whole = self._decider.decide(heard, [whose]).matched
        passed.whole += whole
        passed.parts += whole and all(self._let(heard, part, whose) for part in heard.parts)

    def _let(self, heard: Utterance, part: bytes, whose: Enrolled) -> bool:
        score = self._decider.decide(replace(heard, embedding=part), [whose]).score
        return score is not None and score >= self._settings.challenge_part


def people(listed: Path, channel: str, judge: Judge) -> list[Person]:
    """Enrol everybody who is heard on this channel and speaks long enough."""
    speech = Speech()
    rows = sorted(manifest.read(listed, listed.parent), key=lambda each: (each.subject, each.name))
    grouped = (list(group) for _, group in groupby(rows, key=lambda each: each.subject))
    found = (person([load(each.path) for each in group], judge, speech) for group in grouped)
    return [each for each, heard in filter(None, found) if heard == channel]


def person(
    waveforms: Sequence[Waveform], judge: Judge, speech: Speech
) -> tuple[Person, str] | None:
    """Enrol by the first recordings; None where they are too poor, or the rest too little."""
    try:
        said = [judge.hear(each) for each in waveforms[:ENROLLED]]
    except Retry:
        return None
    pauseless = [speech.hear(each).loud for each in waveforms[ENROLLED:]]
    rest = np.concatenate([np.zeros(0, np.float32), *pauseless])
    channels = {each.channel for each in said}
    if len(said) < ENROLLED or len(channels) > 1 or rest.size < LONGEST * RATE:
        return None
    even = rest * np.float32(LEVEL / np.sqrt(np.mean(rest**2)))
    return Person(voiceprint(said), even), channels.pop()


def answers(pieces: Pieces, whose: Person, others: Sequence[Person]) -> Iterator[Waveform]:
    """Yield answers of one kind: with each of the others, or alone, by other stretches."""
    need = round(sum(seconds for who, seconds in pieces if who is OWN) * RATE)
    starts = range(0, whose.speech.size - need + 1, need)[:OTHERS]
    alone = all(who is OWN for who, _ in pieces)
    for start, other in zip(starts if alone else cycle(starts), others or [whose], strict=False):
        said = woven(pieces, whose.speech[start:], other.speech)
        yield np.pad(said, (BEFORE, AFTER))


def woven(pieces: Pieces, own: Waveform, other: Waveform) -> Waveform:
    """Join what two people say, each going on where they were interrupted."""
    said, found = {OWN: own, OTHER: other}, []
    for who, seconds in pieces:
        taken, said[who] = np.split(said[who], [round(seconds * RATE)])
        found.append(taken)
    return np.concatenate(found)


def measure(everybody: Sequence[Person], judge: Judge) -> dict[str, Passed]:
    """Let everybody answer alone and with others."""
    found = {name: Passed() for name in MIXTURES}
    for at, whose in enumerate(everybody):
        others = [*everybody, *everybody][at + 1 : at + 1 + min(OTHERS, len(everybody) - 1)]
        for name, pieces in MIXTURES.items():
            for answer in answers(pieces, whose, others):
                judge.count(found[name], answer, whose.enrolled)
    return found


def main(listed: str) -> None:
    """Print the figures of each channel."""
    listen = Listen(*parts())
    for channel, sound in SOUNDS.items():
        judge = Judge(listen, CONDITIONS[sound])
        everybody = people(Path(listed), channel, judge)
        told = {name: asdict(each) for name, each in measure(everybody, judge).items()}
        print(json.dumps({"channel": channel, "people": len(everybody), **told}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
