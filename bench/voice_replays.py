"""How far the fingerprints of one signal are apart in other files, and those of other signals.

Prints the figures of docs/performance/voice-challenge.md: python -m bench.voice_replays RECORDINGS
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from bench.voice_challenge import COUNT, SPEAKERS, choose, paste, say, takes
from gateway.evaluation.conditions import CONDITIONS
from verifiers.voice.audio.speech import Floats, Speech
from verifiers.voice.audio.wav import RATE
from verifiers.voice.challenge.digits import DIGITS
from verifiers.voice.challenge.fingerprint import fingerprint
from verifiers.voice.challenge.replays import distance

TRIALS, SECONDS, PER_SPEAKER = 60, 6, 8
NOISE = np.random.default_rng(5)
Change = Callable[[Floats], Floats]
CHANGES: Mapping[str, Change] = {
    "as it is": lambda waveform: waveform,
    "12 dB quieter": lambda waveform: waveform * np.float32(0.25),
    "0 to 64 ms later": lambda waveform: np.pad(waveform, (int(NOISE.integers(1024)), 0)),
    "up to 2 s of silence before": lambda waveform: np.pad(
        waveform, (int(NOISE.integers(32000)), 0)
    ),
    "44.1 kHz and back": lambda waveform: resample_poly(
        resample_poly(waveform, 441, 160), 160, 441
    ),
    "telephone (G.711)": lambda waveform: CONDITIONS["telephone"](waveform, NOISE),
    "10 dB of noise": lambda waveform: CONDITIONS["noise"](waveform, NOISE),
    "another room": lambda waveform: CONDITIONS["reverberation"](waveform, NOISE),
    "2 % faster": lambda waveform: resample_poly(waveform, 49, 50),
}


def main(folder: Path) -> None:
    """Measure."""
    speech, rng = Speech(), random.Random(11)  # noqa: S311 - the same at each run

    def taken(waveform: Floats) -> bytes:
        return fingerprint(speech.hear(waveform.astype(np.float32)).waveform)

    voices = {(s, d): takes(folder, s, d) for s in SPEAKERS for d in DIGITS}
    first, again = [], []
    for number in range(TRIALS):
        speaker, digits = SPEAKERS[number % len(SPEAKERS)], choose(rng)
        said = [rng.sample(voices[speaker, digit], 2) for digit in digits]
        first.append(paste([said[at][0] for at in range(COUNT)], 0.9, rng))
        again.append(paste([said[at][1] for at in range(COUNT)], 0.9, rng))
    prints = [taken(each) for each in first]
    for name, change in CHANGES.items():
        show(
            name,
            [distance(mine, taken(change(each))) for mine, each in zip(prints, first, strict=True)],
        )
    show(
        "the same digits again", [distance(a, taken(b)) for a, b in zip(prints, again, strict=True)]
    )
    files = [
        f for s in sorted((folder / "voice").iterdir()) for f in sorted(s.iterdir())[:PER_SPEAKER]
    ]
    others = [taken(soundfile.read(each)[0][: SECONDS * RATE]) for each in files]
    show("other recordings", [distance(a, b) for n, a in enumerate(others) for b in others[:n]])


def show(name: str, distances: list[float]) -> None:
    """Print how they spread."""
    least, low, middle, high, most = np.percentile(distances, (0, 1, 50, 95, 100))
    spread = (
        f"least {least:.3f}, 1 % {low:.3f}, median {middle:.3f}, 95 % {high:.3f}, most {most:.3f}"
    )
    say(f"{name} ({len(distances)}): {spread}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
