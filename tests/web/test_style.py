"""The colours of the one stylesheet can be read by everyone, by day and by night."""

import re

import pytest

from web import pages

SHEET = (pages.ROOM / "static" / "style.css").read_text()
TEXT = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""
EDGE = 3.0
"""WCAG 2.2, 1.4.11: contrast of what shows where a control is and that it has the focus."""

PAIRS = [
    ("ink", "card", TEXT),
    ("ink", "tint", TEXT),
    ("ink", "field", TEXT),
    ("soft", "card", TEXT),
    ("soft", "tint", TEXT),
    ("pine", "card", TEXT),
    ("pine", "tint", TEXT),
    ("on-pine", "pine", TEXT),
    ("on-pine", "pine-deep", TEXT),
    ("danger", "card", TEXT),
    ("danger", "danger-tint", TEXT),
    ("house-ink", "house", TEXT),
    ("house-soft", "house", TEXT),
    ("edge", "card", EDGE),
    ("edge", "field", EDGE),
    ("brass", "card", EDGE),
    ("brass", "paper", EDGE),
]


def palettes() -> dict[str, dict[str, str]]:
    """Return the custom properties that are colours: of the light sheet, and over it the dark."""
    light, dark, *_paper = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    day, night = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in (light, dark))
    return {"light": day, "dark": {**day, **night}}


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast between two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(scheme: str, front: str, back: str, least: float) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[front], palette[back]) >= least


def test_motion_is_optional() -> None:
    assert "@media (prefers-reduced-motion: reduce)" in SHEET


def test_the_layout_has_no_left_and_no_right() -> None:
    """What runs from right to left is laid out by the same rules (CSS Logical Properties)."""
    sides = r"(?:margin|padding|border)-(?:left|right)\b|(?:^|[{;])\s*(?:left|right):"
    aligned = r"(?:float|clear|text-align): (?:left|right)"
    assert re.findall(f"{sides}|{aligned}", SHEET, re.MULTILINE) == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert not re.findall(r"https?:|@import", SHEET)
