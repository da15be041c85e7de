"""A small world of made voices: chords as people, an engine that hears where their tones lie."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import soundfile

from contracts.errors import Retry
from contracts.text import Text
from gateway.evaluation.arrays import Waveform
from verifiers.voice.correction import Correction
from verifiers.voice.utterance import Utterance

RATE = 16_000
SECONDS = 0.5
BANDS = 32
QUIET = 0.01


class ToyEngine:
    """Embeds a sound by how much of it is in each band; what is too quiet is turned away."""

    def __init__(self, name: str = "") -> None:
        self.engine = f"toy-{name or 'bands'}/1"
        self.identity = self.engine
        self.correction: Correction | None = None
        self.heard = 0

    def utterance(self, waveform: Waveform) -> Utterance:
        """Measure and encode."""
        self.heard += 1
        if np.abs(waveform).max() < QUIET:
            raise Retry(Text("That was too quiet."), reason="too_quiet")
        power = np.abs(np.fft.rfft(waveform)) ** 2
        bands = np.array([part.sum() for part in np.array_split(power, BANDS)])
        levels = np.log(bands + bands.sum() * 1e-3)
        embedding = (levels - levels.mean()).astype("<f4")
        return Utterance(embedding.tobytes(), self.engine, "wide")


def chord(person: int, take: int) -> Waveform:
    """Make one recording: a person's own three tones, wavering, with some noise."""
    own, now = np.random.default_rng(person), np.random.default_rng((person, take))
    time = np.arange(int(RATE * SECONDS)) / RATE
    tones = own.uniform(300, 3400, 3) * now.normal(1, 0.03, 3)
    sound = sum(np.sin(2 * np.pi * tone * time) for tone in tones) / 6
    return (sound + now.normal(0, 0.05, time.size)).astype(np.float32)


def world(folder: Path, people: int = 6, takes: int = 4, quiet: int = 0) -> Path:
    """Record everybody; the last `quiet` takes of the first cannot be heard. Return the list."""
    with (folder / "people.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "subject", "session", "sex"))
        for person in range(people):
            for take in range(takes):
                name = f"{person}-{take}.wav"
                volume = 1e-3 if person == 0 and take >= takes - quiet else 1
                soundfile.write(folder / name, chord(person, take) * volume, RATE)
                rows.writerow((name, f"p{person}", "1", "fm"[person % 2]))
    return folder / "people.csv"


def listed(path: Path, *lines: str) -> Path:
    """Write a list, line by line."""
    path.write_text("\n".join(lines) + "\n")
    return path
