"""How a page looks: as the house does, or as the client wants for which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from flask import Flask, current_app, g

from contracts.text import Text
from web.pages import language_tag, translate

LOOKS = "looks"


class Look(Protocol):
    """A name, empty where none is shown beside that of the house, and words of its own."""

    @property
    def name(self) -> str:
        """Return the name."""
        ...

    def says(self, language: str) -> Mapping[str, str]:
        """Return its words in a language, by where they stand on a page."""
        ...


def install(app: Flask, look: Callable[[str], Look]) -> None:
    """Make pages look as `look` says of a client, or of the house, whose id is empty."""
    app.extensions[LOOKS] = look

    @app.context_processor
    def shown() -> dict[str, object]:
        found: Look = g.get("look") or look("")
        return {"look": found, "says": found.says(language_tag())}


def show_for(client_id: str) -> None:
    """Let this page, and messages that are sent for it, look as a client wants."""
    if look := current_app.extensions.get(LOOKS):
        g.look = look(client_id)


def translate_message(text: Text) -> str:
    """Return a message in the language of this request; it names the service as its page does."""
    look: Look | None = g.get("look")
    if look and look.name and (service := text.values.get("service")):
        named = {**text.values, "service": f"{look.name} ({service})"}
        return translate(replace(text, values=named))
    return translate(text)
