"""The form of a look: an input for each colour, and for each text in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from contracts.text import Text
from gateway.admin.pages.doing import VERSION, Doing
from gateway.admin.pages.fields import Field, fields
from gateway.admin.pages.shown import Row
from gateway.branding.colours import NAMES, SCHEMES
from gateway.branding.texts import LONGEST, PLACES
from web.pages import languages

COLOURS, TEXTS = "colours", "texts"
BETWEEN = "."
SCHEME_LABELS: Mapping[str, Mapping[str, Text]] = {
    "light": {
        "accent": Text("By day: accent"),
        "on_accent": Text("By day: on the accent"),
        "house": Text("By day: ground of the house"),
        "house_ink": Text("By day: ink of the house"),
    },
    "dark": {
        "accent": Text("At night: accent"),
        "on_accent": Text("At night: on the accent"),
        "house": Text("At night: ground of the house"),
        "house_ink": Text("At night: ink of the house"),
    },
}
PLACE_LABELS: Mapping[str, Text] = {
    "intro": Text("Above the form (%(language)s)"),
    "help": Text("Below the form (%(language)s)"),
    "footer": Text("At the foot of the page (%(language)s)"),
}


class Looking(Doing):
    """A way through the form of a look; what is empty is as the house has it."""

    def _asked(self, takes: type[BaseModel]) -> Sequence[Field]:
        leaves = frozenset(self._given) | {VERSION, COLOURS, TEXTS}
        return [*fields(takes, leaves), *_colours(), *_texts()]

    def _start(self) -> Row:
        start = super()._start()
        return {**start, **_flat(COLOURS, start[COLOURS]), **_flat(TEXTS, start[TEXTS])}

    def _taken(self) -> Row:
        typed = {each.name: each.as_typed(self._form).strip() for each in self._fields}
        plain = {name: value for name, value in typed.items() if BETWEEN not in name}
        return {**plain, COLOURS: _deep(COLOURS, typed), TEXTS: _deep(TEXTS, typed)}


def _colours() -> Sequence[Field]:
    return [
        _line(_name(COLOURS, scheme, name), SCHEME_LABELS[scheme][name], 7, "#rrggbb")
        for scheme in SCHEMES
        for name in NAMES
    ]


def _texts() -> Sequence[Field]:
    return [
        _line(
            _name(TEXTS, tag, place),
            replace(PLACE_LABELS[place], values={"language": tag}),
            LONGEST,
        )
        for tag in languages()
        for place in PLACES
    ]


def _line(name: str, label: Text, longest: int, unset: str = "") -> Field:
    bounds = {"maxlength": longest}
    return Field(name, label, "", "text", required=False, bounds=bounds, unset=unset)


def _name(*parts: str) -> str:
    return BETWEEN.join(parts)


def _flat(of: str, deep: Mapping[str, Mapping[str, str]]) -> Row:
    return {_name(of, one, two): value for one, said in deep.items() for two, value in said.items()}


def _deep(of: str, typed: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in typed.items():
        kind, _, rest = name.partition(BETWEEN)
        if kind == of and value:
            one, _, two = rest.partition(BETWEEN)
            found.setdefault(one, {})[two] = value
    return found
