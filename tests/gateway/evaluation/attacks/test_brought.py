"""A network that an operator brings is judged on people and attacks; the settings follow."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from gateway.evaluation import manifest
from gateway.evaluation.attacks import conversion, injection, material
from gateway.evaluation.attacks.brought import Brought, Report, scored, write
from gateway.evaluation.attacks.material import Heard
from gateway.evaluation.attacks.presentation import BONA_FIDE
from tests.recordings import FOLDER, part
from tests.verifiers.voice.pad.test_voice_aasist import kept, network
from verifiers.voice.pad import Detectors, load
from verifiers.voice.pad.aasist import Aasist
from verifiers.voice.settings import VoiceSettings

LOUD, SOFT = 0.5, 0.25


def heard(species: str, amplitude: float, number: int, condition: str = "clean") -> Heard:
    waveform = np.full(16_000, amplitude + number * 1e-3, np.float32)
    return Heard(species, f"{species} {number}", f"ls{number}", condition, True, waveform)


def brought(folder: Path) -> Report:
    """Judge a network to which the loud are people: one species is soft, the other is loud."""
    path, sha256 = kept(folder, network())
    rows = [heard(BONA_FIDE, LOUD, number) for number in range(100)]
    rows += [heard("tts-formant", SOFT, number) for number in range(10)]
    rows += [heard("injection-file", LOUD, 10 * number, "telephone") for number in range(1, 10)]
    rows += [heard("injection-file", SOFT, 0)]
    found = Brought.of(rows, scored(rows, Aasist.load(path, sha256, 0.0), lambda *_: None))
    return Report(path, sha256, "0" * 64, found, {})


def test_the_threshold_is_where_one_in_a_hundred_people_is_refused(tmp_path: Path) -> None:
    found = brought(tmp_path).found
    assert found.bpcer.errors <= 1
    assert found.threshold == pytest.approx(2 * LOUD, abs=5e-3)


def test_the_worst_species_is_quoted_first(tmp_path: Path) -> None:
    found = brought(tmp_path).found
    assert list(found.species) == ["injection-file", "tts-formant"]
    assert [each.all.errors for each in found.species.values()] == [9, 0]
    assert found.species["injection-file"].clean.errors == 0
    assert found.worst == pytest.approx(0.9)


def test_the_settings_that_are_printed_start_a_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = brought(tmp_path)
    lines = [each for each in report.lines() if each.startswith("GATEHOUSE_VOICE_AASIST")]
    for line in lines:
        monkeypatch.setenv(*line.split("=", 1))
    monkeypatch.setenv("GATEHOUSE_VOICE_PAD_THRESHOLD", "-1000")
    detectors = load(VoiceSettings.load())
    assert isinstance(detectors, Detectors)
    margins = [detectors.margin(np.full(64_600, each, np.float32)) for each in (SOFT, LOUD + 0.1)]
    assert (margins[0] or 0) < 0 < (margins[1] or 0)


def test_results_are_a_file_a_page_and_a_plot(tmp_path: Path) -> None:
    report = brought(tmp_path)
    written = {each.name: each for each in write(report, tmp_path / "results")}
    assert set(written) == {"aasist.json", "aasist.md", "aasist-det.png"}
    said = json.loads(written["aasist.json"].read_text("utf-8"))
    assert said["network"] == hashlib.sha256(network()).hexdigest()
    assert said["species"]["injection-file"]["errors"] == 9
    assert "BPCER" in written["aasist.md"].read_text("utf-8")
    assert written["aasist-det.png"].stat().st_size > 10_000


@pytest.mark.recordings
@pytest.mark.slow
def test_people_and_attacks_made_of_them_are_judged(
    tmp_path: Path, models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "SPECIES", (conversion.SHIFT, injection.FILE))
    some = manifest.read(part("MANIFEST.csv"), FOLDER)[:4]
    rows = material.collect(some, tmp_path / "heard", lambda *_: None)
    scores = scored(rows, Aasist.load(*kept(tmp_path, network()), 0.0), lambda *_: None)
    found = Brought.of(rows, scores)
    assert set(found.species) == {conversion.SHIFT.name, injection.FILE.name}
    assert found.bpcer.comparisons == sum(each.species == BONA_FIDE for each in rows)
