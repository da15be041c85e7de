"""The performance card of voice is what its generator writes of the figures beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import voice_card

FIGURES = json.loads(voice_card.FIGURES.read_text("utf-8"))


def test_the_page_is_what_the_figures_say() -> None:
    page = voice_card.PAGE.read_text("utf-8")
    assert page == voice_card.rendered(FIGURES), "python -m tools.voice_card --page"


def test_every_part_was_measured_with_one_and_with_three_recordings() -> None:
    found = voice_card.Figures(FIGURES)
    for name, part in voice_card.PARTS.items():
        for condition in part.conditions:
            for size in voice_card.SIZES:
                result = found.of(name, condition, size)
                assert result["genuine"] + result["impostor"] > 0


def test_all_figures_are_of_one_engine_and_of_the_calibration_that_ships() -> None:
    assert len({each["engine"] for each in FIGURES["results"]}) == 1
    calibration = voice_card.Calibration.load()
    identities = {
        each["calibrated"]["identity"] for each in FIGURES["results"] if each["calibrated"]
    }
    assert identities <= {calibration.id}


@pytest.mark.parametrize("name", ["failures", "scores", "embedding"])
def test_neither_recordings_nor_people_are_named(name: str) -> None:
    assert all(name not in each for each in FIGURES["results"])
    assert ".flac" not in voice_card.FIGURES.read_text("utf-8")


def test_the_plots_are_there() -> None:
    for name in voice_card.PLOTS.values():
        assert (Path(voice_card.PAGES) / name).read_bytes().startswith(b"\x89PNG")
