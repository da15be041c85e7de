"""Reads the forms of a page as a person without JavaScript would see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where a form goes, what it carries, and the words on its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    text: str = ""


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append(Form(found.get("action") or ""))
            self._open = True
        elif tag in {"input", "button"} and self._open and found.get("name"):
            self.forms[-1].fields.setdefault(found["name"] or "", found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.forms[-1].text += data


def read(html: str) -> list[Form]:
    """Return the forms of a page, in order."""
    parser = _Parser()
    parser.feed(html)
    return parser.forms
