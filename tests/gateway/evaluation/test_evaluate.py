"""From a manifest to a report; and the whole command on real people where there are recordings."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from contracts.errors import BadRequest, Misconfigured
from gateway.cli.evaluate import evaluate
from gateway.evaluation import Order, Where, manifest, run
from gateway.evaluation.compare import compare
from gateway.evaluation.conditions import resample
from gateway.evaluation.encode import Encoded
from gateway.evaluation.evaluate import evaluated
from gateway.evaluation.manifest import Utterance
from gateway.evaluation.recording import load
from gateway.evaluation.unfinished import NAME
from gateway.evaluation.words import lines
from tests.gateway.evaluation.toy import ToyEngine, world
from tests.recordings import FOLDER as RECORDINGS
from verifiers.voice.models import MODELS

FILES = {"report.html", "report.json", "scores.csv", "det.png", "histogram.png"}
WITHOUT_SUPPORT = "cannot show this FMR"


def silent(label: str, done: int, total: int) -> None:
    """Hear of progress, and do nothing."""


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
    assert only == Utterance("a/1.flac", tmp_path / "a/1.flac", "anna")
    assert only.columns["licence"] == "free"


def test_modality_is_not_needed(tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "session,file,subject", "1,x.WAV,anna")
    assert [each.subject for each in manifest.read(path, tmp_path)] == ["anna"]


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ([Where("sex", "f")], ["anna", "cora"]),
        ([Where("sex", "f", wanted=False)], ["ben"]),
        ([Where("sex", "f"), Where("subject", "c*")], ["cora"]),
    ],
)
def test_some_rows_are_wanted(tmp_path: Path, where: list[Where], kept: list[str]) -> None:
    rows = ("1.wav,anna,1,f", "2.wav,ben,1,m", "3.wav,cora,1,f")
    path = listed(tmp_path / "m.csv", "file,subject,session,sex", *rows)
    assert [each.subject for each in manifest.read(path, tmp_path, where)] == kept


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["file,session", "a.wav,1"], "lacks subject"),
        (["file,subject,session"], "no recording"),
        ([""], "lacks"),
    ],
)
def test_a_poor_manifest_is_told(tmp_path: Path, lines: list[str], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        manifest.read(listed(tmp_path / "m.csv", *lines), tmp_path)


def test_a_column_that_groups_must_be_there(tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "file,subject,session", "a.wav,anna,1")
    with pytest.raises(Misconfigured, match="lacks age"):
        manifest.read(path, tmp_path, needed=["age"])


def encoded(*subjects: str) -> Encoded:
    """Give each recording an embedding in a direction of its own."""
    utterances = [Utterance(f"{n}.wav", Path(), name) for n, name in enumerate(subjects)]
    return Encoded(
        utterances, np.eye(len(subjects), dtype=np.float32), ["wide"] * len(subjects), []
    )


def test_single_recordings_are_compared_once() -> None:
    found = compare(*[encoded("a", "a", "b", "b", "b")] * 2, utterances=1)
    assert found.score.size == 10
    assert found.genuine.sum() == 4
    rows = [each.rows[0] for each in found.templates]
    pairs = {frozenset((rows[t], int(p))) for t, p in zip(found.template, found.probe, strict=True)}
    assert len(pairs) == 10


def test_templates_of_three_share_no_recording_and_no_probe() -> None:
    found = compare(*[encoded(*"aaaaaaabb")] * 2, utterances=3)
    assert [each.rows for each in found.templates] == [(0, 1, 2), (3, 4, 5)]
    rows = np.array([each.rows for each in found.templates])
    assert not (rows[found.template] == found.probe[:, None]).any()
    assert found.genuine.sum() == 2 * 4
    assert (~found.genuine).sum() == 2 * 2


def test_another_channel_at_enrolment_is_compared_both_ways_without_the_same_recording() -> None:
    found = compare(encoded("a", "a", "b"), encoded("a", "a", "b"), utterances=1)
    assert found.score.size == 3 * 2
    assert (found.template != found.probe).all()


def test_many_templates_are_compared_in_blocks() -> None:
    many = encoded(*(f"p{n % 100}" for n in range(600)))
    found = compare(many, many, utterances=1)
    assert found.score.size == 600 * 599 // 2
    assert found.genuine.sum() == 100 * 15


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
    assert np.abs(resample(tone, 8_000, 16_000) - expected).max() < 1e-3


def test_a_file_that_is_no_audio_is_a_failure(tmp_path: Path) -> None:
    listed(tmp_path / "a.wav", "no audio")
    for name in ("a.wav", "absent.wav"):
        with pytest.raises(BadRequest, match="Error"):
            load(tmp_path / name)


def test_a_file_without_sound_is_a_failure(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 16_000)
    with pytest.raises(BadRequest, match="no sound"):
        load(tmp_path / "a.wav")


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """Six made people, of whom one has a recording that cannot be heard."""
    return Order(world(tmp_path, quiet=1), tmp_path, bootstrap=50, listening=ToyEngine)


def test_everything_is_written_and_said(order: Order, tmp_path: Path) -> None:
    found = run(order, tmp_path / "out", silent)
    (result,) = found.results
    assert {each.name for each in (tmp_path / "out").iterdir()} == set(found.files) == FILES
    assert (result.genuine, result.impostor) == (5 * 6 + 3, (23 * 22 - 5 * 12 - 6) // 2)
    assert result.eer < 0.2
    text = "\n".join(lines(found))
    assert "toy-bands/1, clean" in text
    assert WITHOUT_SUPPORT in text
    with (tmp_path / "out/scores.csv").open() as scores:
        rows = list(csv.DictReader(scores))
    assert len(rows) == result.genuine + result.impostor
    assert {row["kind"] for row in rows} == {"genuine", "impostor"}


def test_failures_are_counted_apart_by_reason_and_by_person(order: Order, tmp_path: Path) -> None:
    how = replace(order, manifest=world(tmp_path, quiet=2), utterances=3)
    found = evaluated(how, tmp_path / "out", silent).first.acquired
    assert found.reasons == {"too_quiet": 2}
    assert found.failures["0-3.wav"] == "That was too quiet."
    assert (found.failure_to_acquire.errors, found.failure_to_acquire.comparisons) == (2, 24)
    assert (found.failure_to_enrol.errors, found.failure_to_enrol.comparisons) == (1, 6)


def test_the_json_keeps_its_names(order: Order, tmp_path: Path) -> None:
    found = run(order, tmp_path / "out", silent)
    data = json.loads((tmp_path / "out/report.json").read_text())
    assert data == json.loads(json.dumps(found.json()))
    assert data["version"] == 2
    wanted = {
        "engine", "condition", "subjects", "recordings", "failures", "reasons", "genuine",
        "impostor", "eer", "eer_threshold", "min_dcf", "points", "intervals", "fnmr_at_fmr",
        "failure_to_acquire_rate", "failure_to_enrol_rate", "groups", "calibrated", "in_use",
    }  # fmt: skip
    assert wanted <= data.keys()
    assert wanted <= data["results"][0].keys()
    assert "acquired" not in data


def test_engines_and_conditions_stand_side_by_side(order: Order, tmp_path: Path) -> None:
    how = replace(order, engines=("", "other"), conditions=("clean", "babble+telephone"))
    found = run(how, tmp_path / "out", silent)
    cases = [(each.engine, each.condition) for each in found.results]
    assert cases == [
        ("toy-bands/1", "clean"),
        ("toy-bands/1", "babble+telephone"),
        ("toy-other/1", "clean"),
        ("toy-other/1", "babble+telephone"),
    ]
    html = (tmp_path / "out/report.html").read_text()
    assert html.count('class="curve') == 2 * 4


def test_enrolments_may_sound_otherwise_than_logins(order: Order, tmp_path: Path) -> None:
    how = replace(order, conditions=("noise",), enrol_condition="clean", utterances=2)
    (result,) = evaluated(how, tmp_path / "out", silent).results
    assert (result.condition, result.enrol_condition) == ("noise", "clean")


def test_an_unknown_condition_is_told(order: Order, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no condition underwater, but clean"):
        evaluated(replace(order, conditions=("underwater",)), tmp_path / "out", silent)


def test_one_person_alone_cannot_be_evaluated(order: Order, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="two people"):
        evaluated(replace(order, where=(Where("subject", "p1"),)), tmp_path / "out", silent)


def test_the_same_seed_gives_the_same_report(order: Order, tmp_path: Path) -> None:
    how = replace(order, conditions=("noise", "babble", "reverberation"))
    one, other = (evaluated(how, tmp_path / name, silent) for name in ("one", "other"))
    assert one.results == other.results
    assert one.results != evaluated(replace(how, seed=2), tmp_path / "third", silent).results


def stopping(after: int) -> Callable[[str, int, int], None]:
    """Break off like a person at the keyboard."""

    def progress(label: str, done: int, total: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_run_goes_on_where_it_was(order: Order, tmp_path: Path) -> None:
    engine, out = ToyEngine(), tmp_path / "out"
    how = replace(order, listening=lambda _: engine)
    with pytest.raises(KeyboardInterrupt):
        evaluated(how, out, stopping(after=10))
    assert (out / NAME).stat().st_mode & 0o777 == 0o600
    with (out / NAME).open("ab") as file:
        file.write(b'{"key": "cut o')
    assert engine.heard == 10
    resumed = evaluated(replace(how, resume=True), out, silent)
    assert engine.heard == 24
    assert not (out / NAME).exists()
    assert resumed.results == evaluated(order, tmp_path / "whole", silent).results


def test_without_being_asked_nothing_is_resumed(order: Order, tmp_path: Path) -> None:
    engine, out = ToyEngine(), tmp_path / "out"
    how = replace(order, listening=lambda _: engine)
    evaluated(replace(how, keep=True), out, silent)
    assert (out / NAME).exists()
    evaluated(how, out, silent)
    assert engine.heard == 48
    assert not (out / NAME).exists()


def test_a_recording_that_changed_is_heard_anew(order: Order, tmp_path: Path) -> None:
    engine, out = ToyEngine(), tmp_path / "out"
    how = replace(order, listening=lambda _: engine, keep=True)
    evaluated(how, out, silent)
    waveform, rate = soundfile.read(tmp_path / "3-1.wav")
    soundfile.write(tmp_path / "3-1.wav", waveform / 2, rate)
    evaluated(replace(how, resume=True), out, silent)
    assert engine.heard == 25


def test_help_has_an_example_and_says_what_is_kept() -> None:
    said = CliRunner().invoke(evaluate, ["voice", "--help"]).stdout
    assert "Example: gatehouse evaluate voice MANIFEST.csv" in said
    assert "biometric data" in " ".join(said.split())


@pytest.mark.parametrize("wrong", ["sex", "=f"])
def test_a_pattern_without_its_column_is_refused(tmp_path: Path, wrong: str) -> None:
    path = listed(tmp_path / "m.csv", "file,subject,session")
    result = CliRunner().invoke(evaluate, ["voice", str(path), "--where", wrong])
    assert result.exit_code == 2
    assert "COLUMN=PATTERN" in result.stderr


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
    result = CliRunner().invoke(evaluate, [*arguments, "--bootstrap", "20"])
    report = json.loads(result.stdout)
    assert (report["genuine"], report["impostor"]) == (4 * 6, 6 * 16)
    assert report["eer"] < 0.05
    assert list(report["failures"]) == ["absent.wav"]
    assert report["reasons"] == {"unreadable": 1}
    assert set(report["fnmr_at_fmr"]) == {"0.001", "0.0001"}
    assert not any(point["supported"] for point in report["points"])
    assert {each.name for each in out.iterdir()} == set(report["files"]) == FILES
    with (out / "scores.csv").open() as scores:
        assert len(list(csv.DictReader(scores))) == 24 + 96
    assert json.loads((out / "report.json").read_text()) == report
