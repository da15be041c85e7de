"""A calibration is a file with its figures, or it is no calibration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.errors import Misconfigured
from contracts.factor import Workshop
from verifiers import registry, voice
from verifiers.voice.calibration import MANY, SHIPPED, Calibration, Line
from verifiers.voice.engines import DEFAULT, described

Change = Callable[[dict[str, Any]], object]


def written(path: Path, change: Change = len) -> Path:
    """Write what ships, with one thing changed."""
    made = json.loads(SHIPPED.read_text("utf-8"))
    change(made)
    path.write_text(json.dumps(made))
    return path


@pytest.fixture
def shipped() -> Calibration:
    return Calibration.load()


def lines() -> list[Line]:
    return Calibration.load().lines


def test_what_ships_is_for_the_engine_that_is_the_default(shipped: Calibration) -> None:
    assert shipped.engine == described(DEFAULT).format
    assert shipped.cohort is None
    assert shipped.id.startswith(f"{shipped.engine} {shipped.made.date} ")


@pytest.mark.parametrize("line", lines(), ids=lambda line: "-".join(line.channels))
def test_every_threshold_ships_with_its_figures(line: Line) -> None:
    for target in (1e-2, 1e-3, 1e-4):
        point = line.point(target)
        assert point.fmr_upper >= 1 - 0.05 ** (1 / line.impostor), "rule of three"
        assert point.supported == (point.fmr_upper <= target)
        assert point.fnmr <= point.fnmr_upper
    assert line.point(1e-4).threshold >= line.point(1e-3).threshold > line.point(1e-2).threshold
    assert line.cllr.calibrated < line.cllr.cosine
    assert line.cllr.least <= line.cllr.calibrated


def test_targets_hold_in_the_data_or_it_is_said_that_they_cannot_be_shown(
    shipped: Calibration,
) -> None:
    for line in shipped.lines:
        assert line.point(1e-3).fmr_upper < 1.4e-3
        apart = line.channels[0] != line.channels[1]
        assert line.point(1e-3).supported or apart or line.utterances == 1
        assert not line.point(1e-4).supported


def test_misses_at_the_shipped_target_are_few_on_the_wide_channel(shipped: Calibration) -> None:
    point = shipped.line("wide", "wide", MANY).point(1e-4)
    assert point.fnmr_upper < 0.05


def test_nobody_can_be_read_out_of_it() -> None:
    made = json.loads(SHIPPED.read_text("utf-8"))["made"]
    assert all(len(each) == 16 for each in made["subjects"])
    assert SHIPPED.stat().st_size < 20_000


def test_another_content_is_another_calibration(shipped: Calibration, tmp_path: Path) -> None:
    def lower(made: dict[str, Any]) -> None:
        made["lines"][0]["points"][0]["threshold"] -= 1

    assert Calibration.load(written(tmp_path / "own.json")).id == shipped.id
    assert Calibration.load(written(tmp_path / "own.json", lower)).id != shipped.id


def test_voiceprints_of_more_utterances_are_judged_like_those_of_three(
    shipped: Calibration,
) -> None:
    three = shipped.line("wide", "telephone", 3)
    assert shipped.line("telephone", "wide", 6) is three
    assert shipped.line("wide", "telephone", 2) is not three


def drop(*path: str | int) -> Change:
    def change(made: Any) -> None:
        for step in path[:-1]:
            made = made[step]
        del made[path[-1]]

    return change


def put(value: object, *path: str | int) -> Change:
    def change(made: Any) -> None:
        for step in path[:-1]:
            made = made[step]
        made[path[-1]] = value

    return change


BROKEN: dict[str, Change] = {
    "without its figures": drop("lines", 0, "points", 0, "fmr_upper"),
    "without its comparisons": drop("lines", 0, "impostor"),
    "without its data": drop("made", "data"),
    "without a target": drop("lines", 0, "points", 2),
    "without a channel": drop("lines", 5),
    "with something more": put(1, "lines", 0, "bonus"),
    "with a claim that its bound does not show": put(True, "lines", 1, "points", 2, "supported"),
    "with a bound below its rate": put(9999, "lines", 0, "points", 0, "false_matches"),
    "with a threshold in words": put("low", "lines", 0, "points", 0, "threshold"),
    "with a line that falls": put(-1.0, "lines", 0, "slope"),
    "of another version": put(2, "version"),
    "for another engine": put("ecapa-voxceleb-192/2", "engine"),
    "made with a cohort": put("0" * 64, "cohort"),
    "that does not say by what telephones were corrected": drop("correction"),
    "made with another correction": put("0" * 64, "correction"),
    "made where telephones were not corrected": put(None, "correction"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_an_operators_file_is_refused_at_the_start_with_one_line(
    change: Change, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(written(tmp_path / "own.json", change)))
    with pytest.raises(Misconfigured) as raised:
        registry.load(workshop)
    assert "own.json" in str(raised.value.public)
    assert len(str(raised.value.public).splitlines()) == 1


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", '{"lines": NaN}', "\x00"])
def test_what_is_no_calibration_is_refused(
    text: str | None, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if text is not None:
        (tmp_path / "own.json").write_text(text)
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(tmp_path / "own.json"))
    with pytest.raises(Misconfigured):
        voice.build(workshop)


def test_an_operators_own_file_is_taken(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_VOICE_CALIBRATION", str(written(tmp_path / "own.json")))
    assert voice.build(workshop) is not None
