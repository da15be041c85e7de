"""The card of attacks says what the detector's file says, and nothing looks better than it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.evaluation.attacks.species import SPECIES
from verifiers.voice.pad.shipped import FILE

DOCS = Path(__file__).parents[2] / "docs"
SHIPPED = json.loads(FILE.read_text("utf-8"))
CARD = (DOCS / "performance" / "voice-attacks.md").read_text("utf-8")


def counts(rate: dict[str, float]) -> str:
    return f"({rate['errors']}/{rate['trials']}, "


@pytest.mark.parametrize("name", SHIPPED["species"])
def test_each_species_is_shown_with_its_counts(name: str) -> None:
    (row,) = [line for line in CARD.splitlines() if line.startswith(f"| {name} |")]
    assert counts(SHIPPED["species"][name]["apcer_left_out"]) in row
    seen = row.split("|")[-2]
    trained = {each.name for each in SPECIES if each.trained}
    assert (counts(SHIPPED["species"][name]["apcer"]) in seen) is (name in trained)
    assert ("never trained on" in seen) is (name not in trained)


@pytest.mark.parametrize("name", SHIPPED["corpora"])
def test_each_corpus_is_shown_with_its_counts(name: str) -> None:
    (row,) = [line for line in CARD.splitlines() if line.startswith(f"| {name} |")]
    assert counts(SHIPPED["corpora"][name]) in row


def test_the_worst_species_comes_first() -> None:
    named = [line.split("|")[1].strip() for line in CARD.splitlines() if line.startswith("| ")]
    shown = [name for name in named if name in SHIPPED["species"]]
    rates = [SHIPPED["species"][name]["apcer_left_out"]["rate"] for name in shown]
    assert rates == sorted(rates, reverse=True)


def test_the_point_and_the_data_are_those_that_ship() -> None:
    assert f"**{SHIPPED['point']['threshold']}**" in CARD
    assert counts(SHIPPED["point"]["bpcer"]) in CARD
    assert SHIPPED["data"]["sha256"] in CARD


def test_the_operators_page_says_not_detected() -> None:
    page = (DOCS / "operators" / "voice-attacks.md").read_text("utf-8")
    assert "**Not detected**" in page
    for attack in ("virtual microphone", "joined in the order", "good loudspeaker"):
        assert attack in page
