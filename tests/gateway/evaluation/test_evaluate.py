"""From a manifest to a report; and the whole command on real people where there are recordings."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from contracts.errors import BadRequest, Misconfigured
from gateway.cli.evaluate import evaluate
from gateway.evaluation import manifest, plot
from gateway.evaluation.compare import comparisons
from gateway.evaluation.encode import Encoded, load, resample
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.rates import at_fmr
from tests.recordings import FOLDER as RECORDINGS
from verifiers.voice.models import MODELS


def listed(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_manifest_names_voices_alone(tmp_path: Path) -> None:
    path = listed(
        tmp_path / "m.csv",
        "file,modality,subject,session,licence",
        "a/1.flac,voice,anna,monday,free",
        "a/1.png,face,anna,monday,free",
        "a/2.png,voice,anna,monday,free",
    )
    (only,) = manifest.read(path, tmp_path)
    assert only == Utterance("a/1.flac", tmp_path / "a/1.flac", "anna", "monday")


def test_modality_is_not_needed(tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "session,file,subject", "1,x.WAV,anna")
    assert [each.subject for each in manifest.read(path, tmp_path)] == ["anna"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["file,subject", "a.wav,anna"], "lacks session"),
        (["file,subject,session"], "no recording"),
        ([""], "lacks"),
    ],
)
def test_a_poor_manifest_is_told(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        manifest.read(listed(tmp_path / "m.csv", *lines), tmp_path)


def encoded(*subjects: str) -> Encoded:
    """Give each recording an embedding in a direction of its own."""
    utterances = [Utterance(f"{n}.wav", Path(), name, "1") for n, name in enumerate(subjects)]
    return Encoded(utterances, list(np.eye(len(subjects))), {})


def test_single_recordings_are_compared_once() -> None:
    found = comparisons(encoded("a", "a", "b", "b", "b"), 1)
    assert len(found) == 10
    assert sum(each.genuine for each in found) == 4
    assert len({frozenset((*each.template, each.probe)) for each in found}) == 10


def test_templates_of_three_share_no_recording_and_no_probe() -> None:
    found = comparisons(encoded(*"aaaaaaabb"), 3)
    assert {each.template for each in found} == {
        ("0.wav", "1.wav", "2.wav"),
        ("3.wav", "4.wav", "5.wav"),
    }
    assert all(each.probe not in each.template for each in found)
    assert sum(each.genuine for each in found) == 2 * 4
    assert sum(not each.genuine for each in found) == 2 * 2


def test_a_file_is_brought_to_mono_at_16_khz(tmp_path: Path) -> None:
    time = np.arange(48_000) / 48_000
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    soundfile.write(tmp_path / "a.wav", np.stack([tone, tone], axis=1), 48_000)
    waveform = load(tmp_path / "a.wav")
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    assert waveform.shape == (16_000,)
    assert np.abs(waveform - expected).max() < 1e-3


def test_a_lower_rate_is_padded() -> None:
    tone = np.sin(2 * np.pi * 500 * np.arange(8_000) / 8_000).astype(np.float32)
    expected = np.sin(2 * np.pi * 500 * np.arange(16_000) / 16_000)
    assert np.abs(resample(tone, 8_000) - expected).max() < 1e-3


def test_a_file_that_is_no_audio_is_a_failure(tmp_path: Path) -> None:
    listed(tmp_path / "a.wav", "no audio")
    for name in ("a.wav", "absent.wav"):
        with pytest.raises(BadRequest, match="Error"):
            load(tmp_path / name)


def test_the_plot_is_drawn_as_png_and_svg(tmp_path: Path) -> None:
    genuine, impostor = np.linspace(0.4, 0.9, 100), np.linspace(-0.2, 0.5, 1000)
    points = (at_fmr(1e-3, genuine, impostor),)
    png, svg = plot.save(tmp_path, genuine, impostor, points)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "False match rate" in svg.read_text() or "<svg" in svg.read_text()


def test_help_has_an_example() -> None:
    result = CliRunner().invoke(evaluate, ["voice", "--help"])
    assert "Example: gatehouse evaluate voice MANIFEST.csv" in result.stdout


@pytest.mark.recordings
def test_real_people_are_told_apart(tmp_path: Path) -> None:
    if not (RECORDINGS / "voice").is_dir():
        pytest.skip(f"no recordings of real people in {RECORDINGS} (GATEHOUSE_RECORDINGS)")
    if not all(model.present() for model in MODELS):
        pytest.skip("models missing: run gatehouse models pull")
    speakers = ("ls1688", "ls2033", "ls2609", "ls3080")
    files = [
        path for each in speakers for path in sorted((RECORDINGS / "voice" / each).iterdir())[:4]
    ]
    rows = [f"{path.relative_to(RECORDINGS)},{path.parent.name},1" for path in files]
    path = listed(tmp_path / "m.csv", "file,subject,session", *rows, "absent.wav,ls1688,1")
    out = tmp_path / "results"
    arguments = ["voice", str(path), "--root", str(RECORDINGS), "--out", str(out), "--json"]
    result = CliRunner().invoke(evaluate, arguments)
    report = json.loads(result.stdout)
    assert (report["genuine"], report["impostor"]) == (4 * 6, 6 * 16)
    assert report["eer"] < 0.05
    assert list(report["failures"]) == ["absent.wav"]
    assert set(report["fnmr_at_fmr"]) == {"0.001", "0.0001"}
    assert not any(point["supported"] for point in report["points"])
    assert {each.name for each in out.iterdir()} == set(report["files"])
    with (out / "scores.csv").open() as scores:
        assert len(list(csv.DictReader(scores))) == 24 + 96
    assert json.loads((out / "report.json").read_text()) == report
