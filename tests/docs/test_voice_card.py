"""The performance card of voice is what its generator writes of the figures beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import voice_card
from verifiers.voice.calibration import Calibration

QUALITY = (voice_card.PAGES.parent / "operators" / "voice-quality.md").read_text("utf-8")
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
    calibration = Calibration.load()
    identities = {
        each["calibrated"]["identity"] for each in FIGURES["results"] if each["calibrated"]
    }
    assert identities == {calibration.id}


def test_neither_recordings_nor_people_are_named() -> None:
    written = voice_card.FIGURES.read_text("utf-8")
    assert not any(kind in written for kind in (".flac", ".wav", "emodb", "librispeech"))
    assert all(isinstance(each["calibrated"]["overlap"], int) for each in FIGURES["results"])
    assert not any(voice_card.LEFT_OUT & set(each) for each in FIGURES["results"])


@pytest.mark.parametrize(
    ("fmr", "fnmr", "said"),
    [
        ((0.0011, 0.002), (0.0, 0.001), "**no**, and too many strangers pass"),
        ((0.0, 0.0005), (0.011, 0.02), "**no**"),
        ((0.0, 0.0005), (0.009, 0.02), "yes, but its bound is not"),
        ((0.0005, 0.0011), (0.001, 0.005), "yes, but its bound is not"),
        ((0.0, 0.0005), (0.001, 0.01), "yes"),
    ],
)
def test_an_aim_is_met_only_where_both_rates_hold(
    fmr: tuple[float, float], fnmr: tuple[float, float], said: str
) -> None:
    rates = [dict(zip(("value", "high"), each, strict=True)) for each in (fmr, fnmr)]
    held = dict(zip(("fmr", "fnmr"), rates, strict=True))
    assert voice_card.verdict(held, limit=0.01) == said


def test_the_page_says_how_often_people_were_drawn() -> None:
    (drawn,) = {each["bootstrap"] for each in FIGURES["results"]}
    assert f"**{drawn:,} drawings**" in voice_card.PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    ("row", "condition"),
    [
        ("as recorded", "clean"),
        ("babble of five voices, 10 dB below", "babble"),
        ("pink noise 10 dB below", "noise"),
        ("a room (0.3 to 0.8 s)", "reverberation"),
        ("telephone, mu-law", "telephone"),
    ],
)
def test_the_operators_page_has_the_same_failures_to_acquire(row: str, condition: str) -> None:
    found = voice_card.Figures(FIGURES).of("all", condition, 1)
    refused = found["failure_to_acquire"]
    share = f"{refused['errors']} ({refused['value']:.1%})".replace("%", " %")
    reasons = sorted(found["reasons"].items(), key=lambda each: -each[1])
    why = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in reasons)
    assert f"| {row} | {share} | {why} |" in QUALITY


def test_the_plots_are_there() -> None:
    for name in voice_card.PLOTS.values():
        assert (Path(voice_card.PAGES) / name).read_bytes().startswith(b"\x89PNG")
