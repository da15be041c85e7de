"""How far the fingerprints of one signal are apart in other files, and those of other signals.

Prints the figures of docs/performance/voice-challenge.md: python -m bench.voice_replays RECORDINGS
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import hilbert, resample_poly

from bench.voice_challenge import COUNT, SPEAKERS, paste, say, takes
from gateway.evaluation.conditions import CONDITIONS
from verifiers.voice.arrays import Floats
from verifiers.voice.audio.speech import Speech
from verifiers.voice.audio.wav import RATE
from verifiers.voice.challenge.digits import DIGITS, choose
from verifiers.voice.challenge.fingerprint import fingerprint
from verifiers.voice.challenge.replays import Print, Sought
from verifiers.voice.settings import VoiceSettings

ANSWERS, CHANGED, SECONDS = 180, 60, 6
KEPT, ROUNDS, LONGEST = 128, 5, 234
NOISE = np.random.default_rng(5)
Change = Callable[[Floats], Floats]


def shifted(waveform: Floats, hertz: float) -> Floats:
    """Move all frequencies up, or down, by so many Hertz."""
    turning = np.exp(2j * np.pi * hertz * np.arange(waveform.size) / RATE)
    moved: Floats = np.real(hilbert(waveform) * turning).astype(np.float32)
    return moved


def beeped(waveform: Floats) -> Floats:
    """Put a beep of a quarter of a second over it, 26 dB louder than the speech."""
    beep = np.sin(2 * np.pi * 900 * np.arange(RATE // 4) / RATE) * np.hanning(RATE // 4)
    softer, at = waveform * np.float32(0.05), waveform.size // 2
    softer[at : at + beep.size] += 0.9 * beep.astype(np.float32)
    return softer


def behind(speech: Sequence[Floats], seconds: float) -> Change:
    """Return what puts so much of other people's speech in front."""
    long = [each[: int(seconds * RATE)] for each in speech if each.size >= seconds * RATE]
    return lambda waveform: np.concatenate([0.3 * long[NOISE.integers(len(long))], waveform])


def changes(speech: Sequence[Floats]) -> Mapping[str, Change]:
    """Return what is done to recordings that are given again."""
    return {
        "as it is": lambda waveform: waveform,
        "12 dB quieter": lambda waveform: waveform * np.float32(0.25),
        "0 to 64 ms later": lambda waveform: np.pad(waveform, (int(NOISE.integers(1024)), 0)),
        "up to 2 s of silence before": lambda waveform: np.pad(
            waveform, (int(NOISE.integers(32000)), 0)
        ),
        "1.5 s of other speech before": behind(speech, 1.5),
        "4 s of other speech before": behind(speech, 4),
        "a loud beep over it": beeped,
        "the first half of it": lambda waveform: waveform[: waveform.size // 2],
        "44.1 kHz and back": lambda waveform: resample_poly(
            resample_poly(waveform, 441, 160), 160, 441
        ),
        "telephone (G.711)": lambda waveform: CONDITIONS["telephone"](waveform, NOISE),
        "10 dB of noise": lambda waveform: CONDITIONS["noise"](waveform, NOISE),
        "another room": lambda waveform: CONDITIONS["reverberation"](waveform, NOISE),
        "20 Hz higher": lambda waveform: shifted(waveform, 20),
        "40 Hz higher": lambda waveform: shifted(waveform, 40),
        "40 Hz lower": lambda waveform: shifted(waveform, -40),
        "80 Hz higher": lambda waveform: shifted(waveform, 80),
        "2 % faster": lambda waveform: resample_poly(waveform, 49, 50),
        "3 % faster": lambda waveform: resample_poly(waveform, 97, 100),
        "3 % slower": lambda waveform: resample_poly(waveform, 103, 100),
    }


class Bench:
    """The recordings, and what their fingerprints are."""

    def __init__(self, folder: Path) -> None:
        self._speech, self._rng = Speech(), random.Random(11)  # noqa: S311 - the same at each run
        self._voices = {(s, d): takes(folder, s, d) for s in SPEAKERS for d in DIGITS}
        files = sorted((folder / "voice").glob("*/*.flac"))
        self.speech = [soundfile.read(each)[0][: SECONDS * RATE] for each in files]

    def print(self, waveform: Floats) -> bytes:
        """Take the fingerprint as the pool does."""
        return fingerprint(self._speech.hear(waveform.astype(np.float32)).waveform)

    def answers(self, count: int) -> list[tuple[str, Floats, Floats]]:
        """Let people in turn say random digits, each twice, by different takes."""
        return [self._twice(SPEAKERS[number % len(SPEAKERS)]) for number in range(count)]

    def _twice(self, speaker: str) -> tuple[str, Floats, Floats]:
        digits = choose(COUNT, self._rng)
        said = [self._rng.sample(self._voices[speaker, digit], 2) for digit in digits]
        one, other = ([said[at][take] for at in range(COUNT)] for take in (0, 1))
        return speaker, paste(one, 0.9, self._rng), paste(other, 0.9, self._rng)


def apart(pairs: Iterable[tuple[bytes, bytes]]) -> list[float]:
    """Return how far each pair is apart."""
    return [Sought(one).distance(Print(other)) for one, other in pairs]


def main(folder: Path) -> None:
    """Measure."""
    bench = Bench(folder)
    answers = bench.answers(ANSWERS)
    prints = [bench.print(first) for _, first, _ in answers]
    for name, change in changes(bench.speech).items():
        again = [bench.print(change(first)) for _, first, _ in answers[:CHANGED]]
        show(name, apart(zip(prints[:CHANGED], again, strict=True)))
    again = [bench.print(other) for _, _, other in answers]
    show("the same digits again", apart(zip(prints, again, strict=True)))
    for speaker in SPEAKERS:
        mine = [each for each, (who, _, _) in zip(prints, answers, strict=True) if who == speaker]
        show(f"other digits by {speaker}", apart(combinations(mine, 2)))
    show("other recordings", apart(combinations([bench.print(each) for each in bench.speech], 2)))
    for frames in (len(prints[0]) // 2, LONGEST):
        say(f"{frames} frames looked for in {KEPT}: {1000 * cost(frames):.1f} ms")


def show(name: str, distances: list[float]) -> None:
    """Print how they spread, and how many count as one signal."""
    low, middle, high = np.percentile(distances, (0, 50, 95))
    known = sum(each <= VoiceSettings.load().replay_distance for each in distances)
    spread = f"least {low:.3f}, median {middle:.3f}, 95 % {high:.3f}, most {max(distances):.3f}"
    say(f"{name}: known {known} of {len(distances)}; {spread}")


def cost(frames: int) -> float:
    """Return in how many seconds of one core one is looked for in all that are kept, at best."""
    kept = [NOISE.bytes(2 * frames) for _ in range(KEPT)]
    return min(_once(kept, NOISE.bytes(2 * frames)) for _ in range(ROUNDS))


def _once(kept: Sequence[bytes], sought: bytes) -> float:
    began, signal = time.process_time(), Sought(sought)
    for each in kept:
        signal.distance(Print(each))
    return time.process_time() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]))
