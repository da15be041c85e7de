"""From recordings to a calibration that the factor takes, and to a cohort."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from contracts.errors import Misconfigured
from gateway.cli.evaluate import evaluate
from gateway.evaluation import Order as Evaluation
from gateway.evaluation import Where, learning
from gateway.evaluation import order as orders
from gateway.evaluation.arrays import Waveform
from gateway.evaluation.calibrate import calibrate, lines
from gateway.evaluation.evaluate import evaluated
from gateway.evaluation.manifest import digest
from gateway.evaluation.order import Order
from gateway.evaluation.strangers import cohort
from tests.gateway.evaluation.toy import ToyEngine, world
from verifiers.voice.calibration import Calibration
from verifiers.voice.correction import Correction
from verifiers.voice.deciding import made
from verifiers.voice.normalisation import Cohort
from verifiers.voice.settings import VoiceSettings
from verifiers.voice.utterance import Utterance


class Channels(ToyEngine):
    """Hears whether a telephone was between."""

    def utterance(self, waveform: Waveform) -> Utterance:
        power = np.abs(np.fft.rfft(waveform)) ** 2
        wide = power[power.size // 2 :].sum() > power.sum() * 1e-3
        return replace(super().utterance(waveform), channel="wide" if wide else "telephone")


def silent(label: str, done: int, total: int) -> None:
    """Hear of progress, and do nothing."""


def order(manifest: Path, **more: object) -> Order:
    basic = Order(manifest, manifest.parent, (), "gatehouse evaluate", "2026-11-23", 1)
    return replace(basic, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world(tmp_path_factory.mktemp("people"), people=14, takes=4)


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strangers")
    path = world(folder, people=12, takes=2)
    path.write_text(path.read_text().replace(",p", ",stranger"))
    return path


@pytest.fixture(scope="module")
def calibrated(manifest: Path) -> Calibration:
    return calibrate(order(manifest), silent, Channels())


def test_every_pair_of_channels_is_calibrated(calibrated: Calibration) -> None:
    assert len(calibrated.lines) == 6
    one = calibrated.line("wide", "wide", 1)
    assert (one.people, one.genuine, one.impostor) == (14, 14 * 6, 14 * 13 // 2 * 16)
    assert not one.point(1e-4).supported
    assert len(calibrated.made.subjects) == 14


def test_the_same_recordings_make_the_same_calibration(
    calibrated: Calibration, manifest: Path
) -> None:
    again = calibrate(order(manifest), silent, Channels())
    assert again == calibrated
    assert again.id == calibrated.id


def test_it_is_taken_where_it_is_named(
    calibrated: Calibration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nowhere else than where telephones are corrected as they were when it was made."""
    shipped = {"correction": Calibration.load().correction}
    ours = Calibration.model_validate(calibrated.model_dump() | shipped)
    for path, each in (("ours.json", ours), ("toy.json", calibrated)):
        (tmp_path / path).write_text(each.model_dump_json())
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(tmp_path / "ours.json"))
    assert made(VoiceSettings.load())
    assert Calibration.load(tmp_path / "ours.json").id == ours.id
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(tmp_path / "toy.json"))
    with pytest.raises(Misconfigured, match="with another correction: make one"):
        made(VoiceSettings.load())


def test_it_says_what_the_recordings_cannot_show(calibrated: Calibration) -> None:
    told = "\n".join(lines(calibrated))
    assert "1456 comparisons cannot show it" in told


def test_another_recording_is_another_fingerprint(manifest: Path) -> None:
    utterances = order(manifest).utterances()
    assert digest(utterances) == digest(utterances[::-1])
    assert digest(utterances) != digest(utterances[1:])


def test_too_few_people_are_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="too few people"):
        calibrate(order(world(tmp_path, people=2)), silent, Channels())


def test_recordings_of_one_channel_alone_are_told(manifest: Path) -> None:
    with pytest.raises(Misconfigured, match="none of the recordings is telephone"):
        calibrate(order(manifest), silent, ToyEngine())


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world(tmp_path_factory.mktemp("crowd"), people=30, takes=2)


@pytest.fixture(scope="module")
def learnt(crowd: Path) -> Correction:
    return learning.correction(order(crowd), silent, Channels())


def correcting(learnt: Correction) -> Channels:
    """Return an engine that the pool corrects."""
    engine = Channels()
    engine.correction = learnt
    return engine


def test_a_correction_is_learnt_of_people_on_both_channels(
    learnt: Correction, crowd: Path, tmp_path: Path
) -> None:
    assert (len(learnt.made.subjects), learnt.made.recordings) == (30, 60)
    assert np.shape(learnt.directions) == (3, 32)
    with pytest.raises(Misconfigured, match="10 people on both channels"):
        learning.correction(order(world(tmp_path, people=9)), silent, Channels())


def test_telephones_alone_are_calibrated_as_they_are_corrected(
    learnt: Correction, tmp_path: Path
) -> None:
    crowd = world(tmp_path, people=24, takes=4)
    bare, corrected = (
        calibrate(order(crowd), silent, each) for each in (Channels(), correcting(learnt))
    )
    assert (bare.correction, corrected.correction) == (None, learnt.fingerprint)
    both = zip(bare.lines, corrected.lines, strict=True)
    same = {"-".join(one.channels): one == two for one, two in both}
    assert same == {
        "wide-wide": True,
        "telephone-telephone": False,
        "telephone-wide": False,
    }


def test_a_cohort_is_corrected_too(learnt: Correction, strangers: Path) -> None:
    bare, corrected = (
        cohort(order(strangers), 10, silent, each).means
        for each in (Channels(), correcting(learnt))
    )
    assert np.allclose(bare["wide"], corrected["wide"])
    assert not np.allclose(bare["telephone"], corrected["telephone"], atol=0.01)


@pytest.mark.parametrize(("condition", "anew"), [("clean", 0), ("telephone", 60)])
def test_whom_a_correction_knows_is_evaluated_by_what_is_learnt_of_all_others(
    learnt: Correction, crowd: Path, tmp_path: Path, condition: str, anew: int
) -> None:
    engine = correcting(learnt)
    how = Evaluation(
        crowd, crowd.parent, conditions=(condition,), where=(Where("subject", "p1*"),),
        bootstrap=0, listening=lambda _: engine,
    )  # fmt: skip
    evaluated(how, tmp_path, silent)
    # Those of p1* are heard, and for a telephone everybody on both channels, nobody twice.
    assert engine.heard == 11 * 2 + (2 * anew - 11 * 2 if anew else 0)


def test_a_cohort_is_one_mean_per_person_and_channel(manifest: Path, strangers: Path) -> None:
    found = cohort(order(strangers), 10, silent, Channels())
    assert [len(found.means[channel]) for channel in ("wide", "telephone")] == [12, 12]
    assert Cohort.model_validate_json(found.model_dump_json()).fingerprint == found.fingerprint


def test_a_calibration_names_the_cohort_it_was_made_with(
    manifest: Path, strangers: Path, tmp_path: Path
) -> None:
    found = cohort(order(strangers), 10, silent, Channels())
    (tmp_path / "cohort.json").write_text(found.model_dump_json())
    named = calibrate(order(manifest, cohort=tmp_path / "cohort.json"), silent, Channels())
    assert named.cohort == found.fingerprint
    with pytest.raises(Misconfigured, match="people of the cohort are in the manifest too"):
        calibrate(order(strangers, cohort=tmp_path / "cohort.json"), silent, Channels())


def test_the_command_writes_a_correction_without_paths_of_the_machine(
    crowd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "Pooled", Channels)
    out = tmp_path / "correction.json"
    taken = CliRunner().invoke(evaluate, ["correction", str(crowd), "--out", str(out)])
    assert (taken.exit_code, taken.stdout.split(":")[0]) == (0, "30 people, 60 recordings")
    written = Correction.load(out, order(crowd).format)
    assert written.made.command == "gatehouse evaluate correction people.csv --seed 1"
    assert str(tmp_path) not in out.read_text()


def test_too_few_strangers_are_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="10 people"):
        cohort(order(world(tmp_path, people=9, takes=1)), 10, silent, Channels())


def test_the_commands_write_what_the_factor_reads(
    strangers: Path, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "Pooled", Channels)
    people, calibration = tmp_path / "cohort.json", tmp_path / "calibration.json"
    people.touch(mode=0o644)
    run = CliRunner().invoke
    taken = run(evaluate, ["cohort", str(strangers), "--out", str(people), "--top", "10"])
    assert (taken.exit_code, people.stat().st_mode & 0o777) == (0, 0o600)
    options = ["--cohort", str(people), "--out", str(calibration), "--where", "subject=p*"]
    assert run(evaluate, ["calibrate", str(manifest), *options]).exit_code == 0
    written = Calibration.load(calibration)
    assert written.cohort == Cohort.load(people).fingerprint
    command = "gatehouse evaluate calibrate people.csv --cohort cohort.json --seed 1"
    assert written.made.command == f"{command} --where 'subject=p*'"
    assert str(tmp_path) not in calibration.read_text()
