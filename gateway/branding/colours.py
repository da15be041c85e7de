"""Colours that operators choose, measured against what is written on them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.text import Text

TEXT, EDGE = 4.5, 3.0
"""The least contrast of text, and of what is not text (WCAG 2.2, 1.4.3 and 1.4.11)."""

NAMES = ("accent", "on_accent", "house", "house_ink")
HEX = re.compile(r"#[0-9a-f]{6}")
WHITE, BLACK = "#ffffff", "#000000"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What of a scheme is not chosen: the grounds that the accent is written on, and the ink."""

    paper: str
    card: str
    tint: str
    ink: str


SCHEMES: Mapping[str, Scheme] = {
    "light": Scheme("#f5f2ea", "#fffdf9", "#e6efe9", "#1c2422"),
    "dark": Scheme("#101716", "#18211f", "#1f2f2b", "#ece9e0"),
}
"""As the stylesheet has them."""

Colours = Mapping[str, Mapping[str, str]]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, `#rrggbb`: from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def faults(colours: Colours) -> Iterator[Text]:
    """Say what cannot be: a colour that is none, a text that could not be read."""
    for scheme, chosen in colours.items():
        if scheme not in SCHEMES:
            yield Text("There is no colour scheme %(name)s.", {"name": scheme})
            continue
        wrong = list(_malformed(scheme, chosen))
        yield from wrong or _unreadable(scheme, chosen)


def stylesheet(colours: Colours) -> str:
    """Return the custom properties of what was chosen; empty where nothing was."""
    return "".join(
        f"@media (prefers-color-scheme: {scheme}) {{ :root {{ {_declared(scheme, chosen)} }} }}\n"
        for scheme, chosen in sorted(colours.items())
        if chosen
    )


def house(colours: Colours, scheme: str) -> str:
    """Return the colour of the house in a scheme; empty where none was chosen."""
    return colours.get(scheme, {}).get("house", "")


def _malformed(scheme: str, chosen: Mapping[str, str]) -> Iterator[Text]:
    for name, value in chosen.items():
        if name not in NAMES:
            yield Text("%(scheme)s: there is no colour %(name)s.", {"scheme": scheme, "name": name})
        elif not HEX.fullmatch(value):
            message = "%(scheme)s.%(name)s: a colour is written #rrggbb."
            yield Text(message, {"scheme": scheme, "name": name})
    for ink, ground in (("on_accent", "accent"), ("house_ink", "house")):
        if ink in chosen and ground not in chosen:
            message = "%(scheme)s.%(name)s: say %(ground)s too."
            yield Text(message, {"scheme": scheme, "name": ink, "ground": ground})


def _unreadable(scheme: str, chosen: Mapping[str, str]) -> Iterator[Text]:
    for name, ink, ground in _written(scheme, chosen):
        measured = contrast(ink, ground)
        if measured < TEXT:
            message = (
                "%(scheme)s.%(name)s: %(ink)s on %(ground)s has a contrast of %(measured)s, "
                "and text needs %(least)s."
            )
            yield Text(
                message,
                {
                    **{"scheme": scheme, "name": name, "ink": ink, "ground": ground},
                    **{"measured": f"{int(measured * 100) / 100:.2f}", "least": str(TEXT)},
                },
            )


def _written(scheme: str, chosen: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is written on what: the colour that is to blame, the ink and its ground."""
    if accent := chosen.get("accent"):
        grounds, on = SCHEMES[scheme], _on(chosen, "on_accent", accent)
        for ground in (grounds.card, grounds.paper, grounds.tint):
            yield "accent", accent, ground
        blamed = "on_accent" if "on_accent" in chosen else "accent"
        yield blamed, on, accent
        yield blamed, on, _deep(scheme, accent)
    if wall := chosen.get("house"):
        blamed = "house_ink" if "house_ink" in chosen else "house"
        yield blamed, _on(chosen, "house_ink", wall), wall


def _declared(scheme: str, chosen: Mapping[str, str]) -> str:
    found: dict[str, str] = {}
    if accent := chosen.get("accent"):
        found["pine"], found["pine-deep"] = accent, _deep(scheme, accent)
        found["on-pine"] = _on(chosen, "on_accent", accent)
    if wall := chosen.get("house"):
        ink = _on(chosen, "house_ink", wall)
        found["house"], found["house-ink"] = wall, ink
        found["house-soft"] = _towards(wall, ink, TEXT)
        found["house-line"] = _towards(wall, ink, EDGE)
    return " ".join(f"--{name}: {value};" for name, value in found.items())


def _on(chosen: Mapping[str, str], name: str, ground: str) -> str:
    """Return the ink that was chosen, or else whichever is read more easily on its ground."""
    return chosen.get(name) or max(WHITE, BLACK, key=lambda ink: contrast(ink, ground))


def _deep(scheme: str, accent: str) -> str:
    return _mixed(accent, SCHEMES[scheme].ink, 0.25)


def _towards(ground: str, ink: str, least: float) -> str:
    """Return the ink, softened by its ground for as long as it has a contrast to it."""
    shares = (0.6, 0.7, 0.8, 0.9)
    softer = (_mixed(ground, ink, share) for share in shares)
    return next((colour for colour in softer if contrast(colour, ground) >= least), ink)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2, glossary)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
