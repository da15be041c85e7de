"""A form as a browser would send it: boxes that are ticked, texts, choices, several of a name."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

Values = dict[str, list[str]]
BOXES = {"checkbox", "radio"}


class _Filled(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Values]] = []
        self._open = False
        self._text: str | None = None
        self._choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
            self._open = True
        elif self._open:
            self._take(tag, given)

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"
        if tag == "textarea" and self._text:
            [held] = self._values()[self._text]
            self._values()[self._text] = [held.removeprefix("\n")]
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self._values()[self._text][0] += data

    def _take(self, tag: str, given: Mapping[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and name:
            if given.get("type") not in BOXES or "checked" in given:
                self._values().setdefault(name, []).append(value)
        elif tag == "textarea":
            self._text = name
            self._values()[name] = [""]
        elif tag == "select":
            self._choice = name
        elif tag == "option" and ("selected" in given or self._choice not in self._values()):
            self._values()[self._choice] = [value]

    def _values(self) -> Values:
        return self.forms[-1][1]


def filled(html: str) -> list[tuple[str, Values]]:
    """Return where each form of a page goes, and what it would send as it stands."""
    parser = _Filled()
    parser.feed(html)
    return parser.forms
