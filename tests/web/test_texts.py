"""No visible word of a template escapes the translators."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from contracts.text import Text
from web import pages

TEMPLATES = pages.ROOM / "templates"
SOURCES = sorted(TEMPLATES.rglob("*.html"))

JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>", re.DOTALL)


def bare_words(source: str) -> list[str]:
    """Return the words of a template that a person meets and no expression produced."""
    markup = JINJA.sub("", source)
    spoken = " ".join(SPOKEN_ATTRIBUTE.findall(markup))
    return re.findall(r"[^\W\d_]+", TAG.sub(" ", markup) + spoken)


def test_a_bare_word_is_noticed() -> None:
    assert bare_words('<p class="x">Hello</p><img alt="you">') == ["Hello", "you"]
    assert bare_words('<p lang="en">{{ _("Hello") }}</p>') == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_is_translated(path: Path) -> None:
    assert bare_words(path.read_text()) == []


def first(found: str | tuple[str, ...] | list[str]) -> str:
    """Return what a message is found by: of one that counts, the form of one."""
    return found if isinstance(found, str) else found[0]


def catalogue() -> set[str]:
    with (pages.ROOM / "translations" / "messages.pot").open("rb") as file:
        return {first(message.id) for message in read_po(file)}


def test_the_catalogue_holds_every_message_of_the_templates() -> None:
    found = extract_from_dir(TEMPLATES, [("**.html", "jinja2")], {"**.html": {"trimmed": "true"}})
    assert {first(message) for _, _, message, _, _ in found} <= catalogue()


@pytest.mark.parametrize("room", ["contracts", "verifiers", "hardware", "enrollment", "gateway"])
def test_the_catalogue_holds_every_text_of_the_code(room: str) -> None:
    found = extract_from_dir(
        pages.ROOM.parent / room, [("**.py", "python")], keywords={"Text": None, "counted": (1, 2)}
    )
    missing = {first(message) for _, _, message, _, _ in found} - catalogue()
    assert missing == set(), "run: make texts"


def test_runtime_texts_are_translated_and_filled() -> None:
    app = Flask(__name__)
    pages.install(app, service_name="Gatehouse", csrf=lambda: "")
    with app.test_request_context():
        assert pages.translate(Text("Wait %(n)d seconds", {"n": 3})) == "Wait 3 seconds"
        assert pages.translate(Text("100 % sure")) == "100 % sure"


def test_an_unknown_language_gets_english() -> None:
    app = Flask(__name__)
    pages.install(app, service_name="Gatehouse", csrf=lambda: "")
    with app.test_request_context(headers={"Accept-Language": "tlh"}):
        assert pages.language_tag() == "en"
