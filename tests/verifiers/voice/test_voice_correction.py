"""What a telephone does to every voice is taken out of its embeddings, and of no other's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from contracts.errors import Misconfigured
from verifiers.voice import correction, engines
from verifiers.voice.arrays import Floats, unit
from verifiers.voice.audio.speech import FRAME, Heard
from verifiers.voice.calibration import Calibration
from verifiers.voice.channels import TELEPHONE, WIDE, Channel
from verifiers.voice.correction import Correction
from verifiers.voice.job import Listen, parts
from verifiers.voice.projection import Projection
from verifiers.voice.utterance import Utterance

SHIPPED = engines.described(engines.DEFAULT).format
HALF = np.array([0.5, 0, 0, 0], np.float32)
OUT = np.array([[0, 1, 0, 0]], np.float32)
TWO_PARTS = Heard(np.zeros(94 * FRAME, np.float32), np.ones(94, bool))


def test_half_of_the_mean_and_all_of_the_directions_are_taken_out() -> None:
    found = Projection(HALF, OUT)(np.array([3, 5, 4, 0], np.float32))
    length = np.sqrt(50)
    assert np.allclose(found, unit(np.array([3 / length - 0.25, 0, 4 / length, 0], np.float32)))


def test_many_embeddings_are_corrected_as_each_is() -> None:
    voices = np.random.default_rng(1).normal(0, 1, (5, 4)).astype(np.float32)
    project = Projection(HALF, OUT)
    assert np.allclose(project(voices), [project(each) for each in voices])
    assert np.allclose(np.linalg.norm(project(voices), axis=1), 1)


def test_what_is_nothing_but_the_telephone_matches_nothing() -> None:
    assert np.isnan(Projection(np.zeros(4, np.float32), OUT)(OUT[0])).all()


def test_the_shipped_engine_has_a_correction_that_fits_it() -> None:
    found = correction.of(SHIPPED)
    assert found is not None
    assert len(found.mean) == engines.described(engines.DEFAULT).dimension
    assert set(found.made.subjects) <= set(Calibration.load().made.subjects)
    assert found.made.data == Calibration.load().made.data
    assert found.fingerprint == Calibration.load().correction


def test_engines_without_one_are_not_corrected() -> None:
    assert correction.of(f"ecapa-4-0123456789ab/{engines.VERSION}") is None


@pytest.mark.parametrize("channel", [WIDE, TELEPHONE])
def test_the_whole_and_each_part_of_a_telephone_are_corrected_and_nothing_wide(
    monkeypatch: pytest.MonkeyPatch, models: None, channel: Channel
) -> None:
    bare, corrected = (heard(monkeypatch, channel, corrected=each) for each in (False, True))
    found = correction.of(SHIPPED)
    assert found is not None
    assert len(bare) == 3
    for plain, fixed in zip(bare, corrected, strict=True):
        wanted = Projection.by(found)(plain) if channel == TELEPHONE else plain
        assert np.allclose(fixed, wanted, atol=1e-6)
    assert np.allclose(corrected[0], bare[0], atol=1e-3) is (channel == WIDE)


class Ears:
    """Hears two parts of speech, whatever it is given."""

    def hear(self, waveform: Floats) -> Heard:
        return replace(TWO_PARTS, waveform=waveform)


def heard(monkeypatch: pytest.MonkeyPatch, channel: Channel, *, corrected: bool) -> list[Floats]:
    """Listen to noise as if it were speech; return the embeddings of the whole and its parts."""
    monkeypatch.setattr("verifiers.voice.job.quality.check", lambda *_: None)
    monkeypatch.setattr("verifiers.voice.job.quality.channel", lambda *_: channel)
    _, engine, settings = parts()
    listen = Listen(Ears(), engine, settings, corrected=corrected)  # type: ignore[arg-type]
    noise = np.random.default_rng(2).normal(0, 0.1, TWO_PARTS.waveform.size).astype(np.float32)
    found: Utterance = listen.utterance(noise)
    return [np.frombuffer(each, "<f4") for each in (found.embedding, *found.parts)]


def written() -> dict[str, object]:
    """Return a small correction as its file holds it."""
    made = {"date": "2026-11-23", "command": "gatehouse", "seed": 1, "data": "0" * 64,
            "recordings": 2, "subjects": ["a", "b"]}  # fmt: skip
    return {"version": 1, "engine": "toy/1", "made": made, "mean": [0.1, 0.2],
            "directions": [[0.6, 0.8]]}  # fmt: skip


CHANGES: dict[str, Callable[[], dict[str, object]]] = {
    "for another engine": lambda: written() | {"engine": "another/1"},
    "of two dimensions": lambda: written() | {"directions": [[0.0, 0.6, 0.8]]},
    "directions that are too long": lambda: written() | {"directions": [[6.0, 8.0]]},
    "directions that are not at right angles": lambda: (
        written() | {"directions": [[0.6, 0.8], [0.8, 0.6]]}
    ),
    "no number": lambda: written() | {"mean": [0.1, "0.2"]},
    "nobody": lambda: {name: value for name, value in written().items() if name != "made"},
    "something more": lambda: written() | {"embedding": [0.1]},
}


def test_a_file_that_is_whole_is_read(tmp_path: Path) -> None:
    (tmp_path / "own.json").write_text(json.dumps(written()))
    found = Correction.load(tmp_path / "own.json", "toy/1")
    assert Projection.by(found).mean.shape == (2,)


def test_another_content_is_another_correction(tmp_path: Path) -> None:
    names = set()
    for mean in ([0.1, 0.2], [0.1, 0.3]):
        (tmp_path / "own.json").write_text(json.dumps(written() | {"mean": mean}))
        names.add(Correction.load(tmp_path / "own.json", "toy/1").fingerprint)
    assert len(names) == 2


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_file_that_cannot_be_corrected_by_stops_the_start(
    tmp_path: Path, change: Callable[[], dict[str, object]]
) -> None:
    (tmp_path / "own.json").write_text(json.dumps(change()))
    with pytest.raises(Misconfigured, match="the correction"):
        Correction.load(tmp_path / "own.json", "toy/1")
