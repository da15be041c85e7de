"""How well the spoken challenge tells the right digits from others, and replays from recordings.

Digits of real people are pasted into challenges as a person would say them who reads them one after
the other; machines that speak lend other accents. Prints the figures of
docs/performance/voice-challenge.md: python -m bench.voice_challenge RECORDINGS [TRIALS]
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from gateway.evaluation.conditions import CONDITIONS
from gateway.evaluation.rates import rate
from verifiers.voice.arrays import Floats
from verifiers.voice.audio.speech import Speech
from verifiers.voice.audio.wav import RATE
from verifiers.voice.challenge.digits import DIGITS, choose, once
from verifiers.voice.challenge.edits import edits
from verifiers.voice.challenge.recogniser import Whisper, shipped

COUNT, LEAD, SHUFFLES = 6, 0.7, 20
PACES = (0.9, 0.9, 1.5)
SPEAKERS = ("george", "lucas", "theo")
MACHINES = ("en", "en-us", "en-gb-scotland", "en-029", "en+f3", "en-us+f2", "en+m7", "en-gb-x-rp")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Trial:
    """One answer: who spoke which digits, and what was heard."""

    speaker: str
    digits: str
    heard: str
    speech_ms: int
    onset_ms: int


def takes(folder: Path, speaker: str, digit: str) -> list[Floats]:
    """Return how a speaker has said a digit, at 16 kHz."""
    files = sorted((folder / "digits" / speaker).glob(f"{digit}_{speaker}_*.wav"))
    return [resample_poly(soundfile.read(each)[0], 2, 1).astype(np.float32) for each in files]


def spoken(voice: str, digit: str) -> Floats:
    """Let espeak-ng say a digit."""
    run = ["espeak-ng", "-v", voice, "-w", "/dev/stdout", WORDS[int(digit)]]
    out = subprocess.run(run, check=True, capture_output=True).stdout  # noqa: S603
    waveform = np.frombuffer(out[44:], "<i2") / 32768
    voiced: Floats = resample_poly(waveform, 320, 441).astype(np.float32)
    return voiced


def paste(said: Sequence[Floats], pace: float, rng: random.Random) -> Floats:
    """Say digits one after the other, each when it is shown, in a room that is not quite silent."""
    length = int((LEAD + pace * len(said) + 0.8) * RATE)
    waveform = np.random.default_rng(rng.randrange(2**32)).standard_normal(length) * 1e-4
    free = 0
    for number, digit in enumerate(said):
        shown = LEAD + 0.25 + pace * number + rng.uniform(0, 0.15)
        at = max(free, int(shown * RATE))
        part = (digit / np.abs(digit).max() * 0.4)[: length - at]
        waveform[at : at + part.size] += part
        free = at + part.size + RATE // 20
    return waveform.astype(np.float32)


class Bench:
    """The networks and the voices."""

    def __init__(self, folder: Path) -> None:
        self._speech, self._whisper = Speech(), Whisper(shipped(), "en")
        people = {s: {d: takes(folder, s, d) for d in DIGITS} for s in SPEAKERS}
        machines = {f"espeak {v}": {d: [spoken(v, d)] for d in DIGITS} for v in MACHINES}
        self.people, self.machines = people, machines

    def trials(
        self,
        voices: dict[str, dict[str, list[Floats]]],
        count: int,
        change: Callable[[Floats, np.random.Generator], Floats],
    ) -> Iterator[Trial]:
        """Speak so many challenges, by each voice in turn."""
        rng, noise = random.Random(6), np.random.default_rng(6)  # noqa: S311 - the same at each run
        for number in range(count):
            speaker = list(voices)[number % len(voices)]
            digits = choose(COUNT, rng)
            said = [rng.choice(voices[speaker][digit]) for digit in digits]
            heard = change(paste(said, PACES[number % len(PACES)], rng), noise)
            speech = self._speech.hear(heard)
            words = "".join(once(self._whisper.words(heard)))
            yield Trial(speaker, digits, words, speech.milliseconds, speech.onset)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


def share(hits: int, count: int) -> str:
    """Return a share with its exact 95 % bounds."""
    found = rate(hits, count)
    return f"{hits}/{count} = {found.value:.3%} [{found.low:.3%}, {found.high:.3%}]"


def report(name: str, trials: Sequence[Trial]) -> None:
    """Print how often the right digits and others are accepted."""
    rng = random.Random(7)  # noqa: S311
    for most in (0, 1, 2):
        right = sum(edits(t.heard, t.digits) <= most for t in trials)
        say(f"{name}: true accept, {most} edits: {share(right, len(trials))}")
    pairs = [edits(t.heard, o.digits) for t in trials for o in trials if t.digits != o.digits]
    shuffled = [edits(t.heard, s) for t in trials for s in shuffles(t.digits, rng)]
    for most in (0, 1, 2):
        wrong, mixed = (sum(each <= most for each in some) for some in (pairs, shuffled))
        say(f"  other digits, {most} edits: {share(wrong, len(pairs))}")
        say(f"  the same digits in another order, {most}: {share(mixed, len(shuffled))}")
    pace = sorted(t.speech_ms / COUNT for t in trials)
    say(f"  speech per digit: least {pace[0]:.0f} ms; onset: {min(t.onset_ms for t in trials)} ms")


def shuffles(digits: str, rng: random.Random) -> Iterator[str]:
    """Yield the digits in other orders."""
    for _ in range(SHUFFLES):
        mixed = "".join(rng.sample(digits, COUNT))
        if mixed != digits:
            yield mixed


def main(folder: Path, count: int) -> None:
    """Measure."""
    bench = Bench(folder)
    clean = CONDITIONS["clean"]
    people = list(bench.trials(bench.people, count, clean))
    report("people", people)
    for speaker in SPEAKERS:
        mine = [t for t in people if t.speaker == speaker]
        right = sum(edits(t.heard, t.digits) <= 1 for t in mine)
        say(f"  {speaker}: {share(right, len(mine))}")
    report("machines", list(bench.trials(bench.machines, count // 4, clean)))
    for name in ("telephone", "reverberation", "noise"):
        change = CONDITIONS[name]
        report(name, list(bench.trials(bench.people, count // 4, change)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 600)
