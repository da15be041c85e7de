"""E-mails as HTML, beside the plain text that says the same."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


def letter(service_name: str, subject: str, text: str, language: str = "") -> str:
    """Return a page of its own; `text` is in that language, paragraphs apart by a line."""
    paragraphs = [each.strip() for each in re.split(r"\n\s*\n", text) if each.strip()]
    return _template().render(
        service_name=service_name,
        subject=subject,
        paragraphs=paragraphs,
        language=language,
        direction=Locale.parse(language, sep="-").text_direction if language else "auto",
    )


@cache
def _template() -> Template:
    # A worker that sends no mail does without Jinja.
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415

    rooms = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return rooms.get_template("letter.html")
