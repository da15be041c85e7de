"""Colours are measured as WCAG measures them, and nothing else gets into a stylesheet."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.branding.colours import SCHEMES, TEXT, contrast, faults, stylesheet

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests/vectors/branding"


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / name).read_text())
    return found


@pytest.mark.parametrize("vector", vectors("contrasts.json"))
def test_contrast_is_that_of_wcag(vector: dict[str, Any]) -> None:
    one, other = vector["one"], vector["other"]
    assert contrast(one, other) == pytest.approx(vector["contrast"], abs=0.006)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize("vector", vectors("colours.json"))
def test_what_can_be_and_what_is_refused_and_why(vector: dict[str, Any]) -> None:
    found = [str(fault) for fault in faults(vector["colours"])]
    assert found[:1] == ([vector["refused"]] if vector["refused"] else [])


def test_the_schemes_are_those_of_the_stylesheet() -> None:
    sheet = (ROOT / "web/static/style.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    for name, block in (("light", light), ("dark", dark)):
        held = dict(re.findall(r"--(\w+): (#\w{6});", block))
        scheme = SCHEMES[name]
        assert (scheme.paper, scheme.card, scheme.tint, scheme.ink) == (
            *(held["paper"], held["card"]),
            *(held["tint"], held["ink"]),
        )


def test_all_that_is_derived_can_be_read() -> None:
    """Whatever wall is chosen; an accent is refused where it, or its darker shade, is not read."""
    steps = range(0, 256, 51)
    for colour in (
        f"#{red:02x}{green:02x}{blue:02x}" for red in steps for green in steps for blue in steps
    ):
        for scheme in SCHEMES:
            chosen = {scheme: {"house": colour}}
            assert not list(faults(chosen))
            held = dict(re.findall(r"--([\w-]+): (#\w{6});", stylesheet(chosen)))
            assert contrast(held["house-ink"], colour) >= TEXT
            assert contrast(held["house-soft"], colour) >= TEXT
            assert contrast(held["house-line"], colour) >= 3


def test_a_scheme_that_was_not_chosen_stays_as_it_ships() -> None:
    sheet = stylesheet({"light": {"accent": "#7a1f5c"}, "dark": {}})
    assert "prefers-color-scheme: light" in sheet
    assert "dark" not in sheet
    assert "--house" not in sheet
    assert stylesheet({}) == ""
