"""From a manifest to a report."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from contracts.errors import Misconfigured
from gateway.evaluation import Order, Where, run
from gateway.evaluation.evaluate import evaluated
from gateway.evaluation.unfinished import NAME
from gateway.evaluation.words import lines
from tests.gateway.evaluation.toy import ToyEngine, world

FILES = {"report.html", "report.json", "scores.csv", "det.png", "histogram.png"}
WITHOUT_SUPPORT = "cannot show this FMR"


def silent(label: str, done: int, total: int) -> None:
    """Hear of progress, and do nothing."""


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


def test_an_engine_that_is_missing_is_told_before_anything_is_encoded(
    order: Order, tmp_path: Path
) -> None:
    here = ToyEngine()

    def listening(name: str) -> ToyEngine:
        if name:
            raise Misconfigured(detail=f"{name} is missing")
        return here

    with pytest.raises(Misconfigured) as told:
        evaluated(
            replace(order, engines=("", "ecapa"), listening=listening), tmp_path / "out", silent
        )
    assert told.value.detail == "ecapa is missing"
    assert here.heard == 0


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
