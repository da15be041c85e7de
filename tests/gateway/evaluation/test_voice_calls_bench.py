"""Spliced calls go through the factor's own decision."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.voice_calls import ENROLLED, Person, Pool, Watch, measure, people, sample
from contracts.errors import Retry
from contracts.text import Text
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.conditions import clean
from verifiers.voice.audio.wav import RATE
from verifiers.voice.calibration import Calibration
from verifiers.voice.utterance import LISTEN, PooledEars, Utterance
from verifiers.voice.vectors import pack

SIZE = 192


class Tones:
    """Hears who speaks by how high they hum; a hush is too poor. Counts what it hears."""

    engine = Calibration.load().engine
    identity = engine

    def __init__(self) -> None:
        self.heard = 0

    def utterance(self, waveform: Waveform) -> Utterance:
        """Measure and encode: everybody is a direction of their own, a little astray each time."""
        self.heard += 1
        if np.abs(waveform).max() < 0.01:
            raise Retry(Text("That was too quiet."), reason="too_quiet")
        pitch = int(np.argmax(np.abs(np.fft.rfft(waveform))) * RATE / waveform.size / 100 + 0.5)
        values = np.random.default_rng(self.heard).normal(0, 0.02, SIZE)
        values[pitch] += 1
        speech = {"speech_ms": 1000 * waveform.size / RATE}
        return Utterance(pack(values.tolist()), self.engine, quality=speech)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let three people hum for ten seconds, once too quietly; a fourth hums for too short."""
    folder = tmp_path_factory.mktemp("hums")
    rows = [("file", "subject")]
    for person in range(4):
        for take in range(7 if person < 3 else 4):
            name, quiet = f"{person}-{take}.wav", person == 1 and take == 5
            hum = np.sin(2 * np.pi * 100 * (person + 3) * np.arange(3 * RATE) / RATE)
            soundfile.write(folder / name, hum * (1e-3 if quiet else 0.3), RATE)
            rows.append((name, f"p{person}"))
    with (folder / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / "people.csv"


@pytest.fixture(scope="module")
def ears() -> PooledEars:
    return PooledEars(Pool(Tones().utterance))


@pytest.fixture(scope="module")
def everybody(manifest: Path, ears: PooledEars) -> list[Person]:
    return people(manifest, ears, clean)


def test_whoever_speaks_long_enough_is_enrolled(everybody: list[Person]) -> None:
    assert [len(each.segments) for each in everybody] == [4, ENROLLED, 4]


def test_everybody_is_noticed_who_takes_over_and_nobody_else(
    everybody: list[Person], ears: PooledEars
) -> None:
    found = measure("clean", everybody, Watch(ears))
    assert (found.people, found.calls, found.changes) == (3, 3, 6)
    assert (found.false_windows, found.false_calls, found.unnoticed) == (0, 0, 0)
    assert found.windows == 4 + ENROLLED + 4
    assert (found.median_seconds, found.most_seconds) == (6, 6), "two windows of three seconds"


def test_each_recording_is_heard_once(everybody: list[Person]) -> None:
    tones = Tones()
    pool = Pool(tones.utterance)
    segment = everybody[0].segments[0].data
    assert pool(LISTEN, segment) == pool(LISTEN, segment)
    assert tones.heard == 1


def test_what_is_poor_stays_poor() -> None:
    pool = Pool(Tones().utterance)
    for _ in range(2):
        with pytest.raises(Retry):
            pool(LISTEN, sample(np.zeros(RATE, np.float32)).data)
