"""Every catalogue is whole: nothing is missing, fuzzy or left over, and placeholders agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask

from contracts.text import Text
from web import pages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
LANGUAGES = pages.languages()[1:]


def catalogue(name: str) -> Catalog:
    with (pages.CATALOGUES / name).open("rb") as file:
        return read_po(file)


def texts(found: Catalog) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in found if message.id}


def test_the_languages_there_are() -> None:
    assert pages.languages() == ["en", "de", "es", "fr"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_fuzzy_or_left_over(language: str) -> None:
    wanted, found = texts(catalogue("messages.pot")), catalogue(f"{language}.po")
    translated = texts(found)
    assert [text for text in wanted if not translated.get(text)] == [], "run: make texts; translate"
    assert translated.keys() - wanted.keys() == set()
    assert [message.id for message in found if message.fuzzy and message.id] == []
    assert list(found.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree(language: str) -> None:
    for text, translation in texts(catalogue(f"{language}.po")).items():
        assert sorted(PLACEHOLDER.findall(translation)) == sorted(PLACEHOLDER.findall(text)), text
        assert "%" not in PLACEHOLDER.sub("", translation), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_settings_and_addresses_are_not_translated(language: str) -> None:
    kept = re.compile(r"GATEHOUSE_\w+|gatehouse \w+|\bpip install\b|smtp://[\w:]+")
    for text, translation in texts(catalogue(f"{language}.po")).items():
        assert set(kept.findall(text)) <= set(kept.findall(translation)), text


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    pages.install(made, service_name="Gatehouse", csrf=lambda: "")
    return made


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["de"], "de"),
        (["de-CH"], "de"),
        (["DE-ch-1996"], "de"),
        (["tlh", "fr-CA", "de"], "fr"),
        (["tlh"], "es"),
        ([], "es"),
        (["en", "de"], "en"),
        (["", "-", "../de", "de/../../x", "de"], "de"),
        (["messages"], "es"),
    ],
)
def test_the_first_language_that_is_had_is_spoken(
    app: Flask, wanted: list[str], spoken: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "es, en;q=0.5"}):
        assert pages.language_tag() == "es"
        pages.speak(wanted)
        assert pages.language_tag() == spoken


def test_texts_of_the_code_are_translated_and_filled(app: Flask) -> None:
    with app.test_request_context():
        pages.speak(["de"])
        text = Text("Use at least %(count)d characters.", {"count": 8})
        assert pages.translate(text) == "Benutzen Sie mindestens 8 Zeichen."


def test_the_catalogues_are_part_of_the_package() -> None:
    assert {path.name for path in Path(pages.CATALOGUES).glob("*.po")} == {
        f"{language}.po" for language in LANGUAGES
    }
