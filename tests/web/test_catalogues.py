"""Every catalogue is whole: nothing is missing, fuzzy or left over, and placeholders agree."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask

from contracts.text import LANGUAGE, Text, counted
from web import pages
from web.letters import letter

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
NUMBER = {"%(count)d", "%(num)d"}
LANGUAGES = pages.languages()[1:]


def catalogue(name: str) -> Catalog:
    with (pages.CATALOGUES / name).open("rb") as file:
        return read_po(file, locale=name.removesuffix(".po") if name.endswith(".po") else None)


def forms(given: object) -> tuple[str, ...]:
    """Return the forms of a text; only one that counts has several."""
    return tuple(given) if isinstance(given, tuple | list) else (str(given or ""),)


def texts(found: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {forms(message.id): forms(message.string) for message in found if message.id}


def test_the_languages_there_are() -> None:
    assert pages.languages() == ["en", "ar", "de", "es", "fr", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_fuzzy_or_left_over(language: str) -> None:
    wanted, found = texts(catalogue("messages.pot")), catalogue(f"{language}.po")
    translated = texts(found)
    missing = [text for text in wanted if not all(translated.get(text, [""]))]
    assert missing == [], "run: make texts; translate"
    assert translated.keys() - wanted.keys() == set()
    assert [message.id for message in found if message.fuzzy and message.id] == []
    assert list(found.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_counts_has_every_form(language: str) -> None:
    found = catalogue(f"{language}.po")
    counting = [message for message in found if message.pluralizable and message.id]
    assert counting
    assert {len(forms(message.string)) for message in counting} == {found.num_plurals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree(language: str) -> None:
    for text, translations in texts(catalogue(f"{language}.po")).items():
        wanted = {frozenset(PLACEHOLDER.findall(form)) for form in text}
        if len(text) > 1:  # a form for one or two may say so in words
            wanted |= {places - NUMBER for places in wanted}
        for form in translations:
            assert frozenset(PLACEHOLDER.findall(form)) in wanted, form
            assert "%" not in PLACEHOLDER.sub("", form), form
        assert frozenset(PLACEHOLDER.findall(translations[-1])) == max(wanted, key=len), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_begin_and_end_as_the_text_does(language: str) -> None:
    """Spaces and lines count: paragraphs of a letter are apart by an empty line."""
    for text, translations in texts(catalogue(f"{language}.po")).items():
        for form in translations:
            assert form == form.strip()
            assert form.count("\n") == text[-1].count("\n"), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_settings_and_addresses_are_not_translated(language: str) -> None:
    kept = re.compile(r"GATEHOUSE_\w+|gatehouse \w+|\bpip install\b|smtp://[\w:]+")
    for text, translations in texts(catalogue(f"{language}.po")).items():
        for form in translations:
            assert set(kept.findall(text[-1])) <= set(kept.findall(form)), text


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
        (["zh-Hant-TW"], "zh"),
        (["ar-EG"], "ar"),
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
        text = Text("Code sent to %(address)s", {"address": "a***@b.example"})
        assert pages.translate(text) == "Code gesendet an a***@b.example"


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 1, "Use at least one character."),
        ("de", 8, "Benutzen Sie mindestens 8 Zeichen."),
        ("fr", 1, "Utilisez au moins un caractère."),
        ("zh", 8, "请至少使用 8 个字符。"),
        ("ar", 2, "استخدم حرفين على الأقل."),
        ("ar", 8, "استخدم 8 أحرف على الأقل."),
        ("ar", 15, "استخدم 15 حرفًا على الأقل."),
        ("ar", 100, "استخدم 100 حرف على الأقل."),
    ],
)
def test_a_text_that_counts_takes_the_form_of_its_number(
    app: Flask, language: str, count: int, words: str
) -> None:
    text = counted("Use at least one character.", "Use at least %(count)d characters.", count)
    with app.test_request_context():
        pages.speak([language])
        assert pages.translate(text) == words
    assert pages.translate_into(language, text) == words


def test_names_keep_their_direction_among_words_that_run_the_other_way(app: Flask) -> None:
    values = {"code": "123456", "service": "Gatehouse", "address": "https://id.example/stop"}
    text = Text("%(code)s %(service)s %(address)s", values)
    isolated = "123456 \u2068Gatehouse\u2069 https://id.example/stop"
    with app.test_request_context():
        pages.speak(["ar"])
        assert pages.direction() == "rtl"
        assert pages.translate(text) == isolated
    assert pages.translate_into("ar", text) == isolated
    assert pages.translate_into("de", text) == "123456 Gatehouse https://id.example/stop"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "until Mar 1, 2026, 9:30\u202fAM UTC"),
        ("de", "bis 01.03.2026, 09:30 UTC"),
        ("zh", "至 2026年3月1日 09:30 UTC"),
        ("tlh", "until 2026-03-01 09:30 UTC"),
    ],
)
def test_a_time_is_written_as_the_language_writes_it(language: str, words: str) -> None:
    text = Text("until %(date)s", {"date": datetime(2026, 3, 1, 9, 30, tzinfo=UTC)})
    assert pages.translate_into(language, text) == words


@pytest.mark.parametrize("language", pages.languages())
def test_a_letter_names_its_language(language: str) -> None:
    assert pages.translate_into(language, LANGUAGE) == language
    way = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{way}">' in letter("Bank", "Hi", "Text", language)


def test_the_catalogues_are_part_of_the_package() -> None:
    assert {path.name for path in Path(pages.CATALOGUES).glob("*.po")} == {
        f"{language}.po" for language in LANGUAGES
    }
