"""What every template relies on, registered once for any Flask app that serves these pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_percent
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request
from flask_babel import Babel, get_locale, gettext, ngettext, refresh
from jinja2 import FileSystemLoader
from markupsafe import Markup
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from contracts.text import Text, Value

ROOM = Path(__file__).parent
SOURCE_LANGUAGE = "en"
CATALOGUES = ROOM / "translations"
KEPT = f"public, max-age={365 * 24 * 3600}, immutable"
"""The Cache-Control of what changes its address with its content."""

MOMENT = "%(date)s, %(time)s UTC"
FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"


def install(
    app: Flask,
    *,
    service_name: str,
    csrf: Callable[[], str],
    chosen: Callable[[], str] | None = None,
) -> None:
    """Make `app` serve the pages: `csrf` returns this browser's token for the forms.

    `chosen` returns the language that was chosen in this browser; without it none is offered.
    """
    app.static_folder = str(ROOM / "static")
    if "static" not in app.view_functions:
        app.add_url_rule("/static/<path:filename>", "static", app.send_static_file)
    app.jinja_loader = FileSystemLoader(ROOM / "templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    babel = Babel(app, default_locale=SOURCE_LANGUAGE, locale_selector=_selector(chosen))
    with app.app_context():
        babel.domain_instance.cache = _CATALOGUES
    app.jinja_env.filters.update(t=translate, bdi=_bdi, strong=_strong, code=_code)
    app.jinja_env.filters.update(listed=_listed, percent=_percent)
    app.jinja_env.globals.update(service_name=service_name, csrf=csrf, static=static, root=root)
    app.jinja_env.globals.update(offered=_offered if chosen else list, place=place)
    app.context_processor(lambda: {"locale": language_tag(), "direction": direction()})
    app.after_request(_keep_static)


def translate(text: Text) -> str:
    """Return the text in the language of this request, its values filled in."""
    values = _filled(text, get_locale() or Locale(SOURCE_LANGUAGE), translate)
    if text.plural:
        return str(ngettext(text.message, text.plural, text.count, **values))
    return str(gettext(text.message, **values))


def translate_into(language: str, text: Text) -> str:
    """Return the text in a language of ours, whoever asks; in English for any other."""
    if language not in languages():
        return str(text)
    catalogue = _CATALOGUES[language, "messages"]
    if text.plural:
        words = catalogue.ungettext(text.message, text.plural, text.count)
    else:
        words = catalogue.ugettext(text.message)
    locale = Locale.parse(language)
    return str(Text(words, _filled(text, locale, partial(translate_into, language))))


def _bdi(name: object) -> Markup:
    """Keep a name's direction from changing the sentence around it."""
    return Markup("<bdi>{}</bdi>").format(name)


def _listed(names: Sequence[str]) -> str:
    """Return the names as a list in words, e.g. `A, B and C`."""
    apart = [str(_isolated(name)) if direction() == "rtl" else name for name in names]
    return format_list(apart, locale=get_locale())


def _percent(share: float) -> str:
    """Return a share of one in percent, to a tenth, as the reader's language writes it."""
    return format_percent(round(share, 3), locale=get_locale(), decimal_quantization=False)


def _code(value: object) -> Markup:
    return Markup("<code>{}</code>").format(value)


def _strong(name: object) -> Markup:
    return Markup('<strong dir="auto">{}</strong>').format(name)


def speak(wanted: Sequence[str]) -> None:
    """Answer this request in the first of these languages that there is (RFC 4647, lookup).

    `wanted` are BCP 47 tags in order of preference; where none is had, the browser's own count.
    What a person chose here holds over both: a client can only hint (OpenID Connect Core, 3.1.2.1).
    """
    g.language = _first_had(wanted)
    refresh()


def root() -> str:
    """Return the path that the pages of this site are under; empty for the whole of a host."""
    return request.script_root


def static(path: str) -> str:
    """Return the URL of a file under `web/static`; it changes with the file, so it may be kept.

    `url_for` has none for a request whose Host names no host, and such a one is told so on a page.
    """
    return f"{root()}{current_app.static_url_path}/{path}?v={_digest(path)}"


def language_tag() -> str:
    """Return the language of this request as a BCP 47 tag, for the `lang` attribute."""
    return str(get_locale() or SOURCE_LANGUAGE).replace("_", "-")


def direction() -> str:
    """Return the direction of this request's script, for the `dir` attribute: ltr or rtl."""
    return (get_locale() or Locale(SOURCE_LANGUAGE)).text_direction


def place() -> str | None:
    """Return the path, from the root of this site, at which this page can be asked for again."""
    if request.method == "GET":
        return iri_to_uri(request.full_path).removesuffix("?")
    shown = current_app.url_map.bind("").test(request.path, "GET")
    return iri_to_uri(request.path) if shown else None


@cache
def languages() -> list[str]:
    """Return the source language and every language with a catalogue."""
    return [SOURCE_LANGUAGE, *sorted(path.stem for path in CATALOGUES.glob("*.po"))]


@cache
def _offered() -> list[tuple[str, str, str]]:
    """Return tag, direction and name of each language, the name as its speakers write it.

    Babel knows them too, but reads and keeps a megabyte for each language that is asked about.
    """
    known = json.loads((CATALOGUES / "names.json").read_text("utf-8"))
    return [(each, known[each]["direction"], known[each]["name"]) for each in languages()]


class _Compiled(dict[tuple[str, str], NullTranslations]):
    """The catalogues as translators write them, each compiled in memory when it is first used."""

    def __missing__(self, key: tuple[str, str]) -> NullTranslations:
        file = CATALOGUES / f"{key[0]}.po"
        self[key] = _compiled(file, key[0]) if file.is_file() else NullTranslations()
        return self[key]


_CATALOGUES = _Compiled()


def _compiled(file: Path, language: str) -> NullTranslations:
    with file.open("rb") as source, BytesIO() as target:
        write_mo(target, read_po(source, locale=language))
        target.seek(0)
        return Translations(target)


def _filled(text: Text, locale: Locale, say: Callable[[Text], str]) -> Mapping[str, str | int]:
    """Return the values of a text as a language writes dates, and times in UTC.

    Where the script runs from right to left each name is isolated. Codes and addresses of pages
    stay bare: they are copied, and found by the phones they reach.
    """

    def written(value: Value) -> str | int:
        if isinstance(value, datetime):
            clock = format_time(value, "short", locale=locale)
            return say(Text(MOMENT, {"date": value.date(), "time": clock}))
        if isinstance(value, date):
            return format_date(value, "medium", locale=locale)
        return _isolated(value) if locale.text_direction == "rtl" else value

    return {name: written(value) for name, value in text.values.items()}


def _isolated(value: str | int) -> str | int:
    bare = isinstance(value, int) or value.isdigit() or "://" in value
    return value if bare else f"{FIRST_STRONG_ISOLATE}{value}{POP_DIRECTIONAL_ISOLATE}"


@cache
def _digest(path: str) -> str | None:
    file = ROOM / "static" / path
    return sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else None


def _keep_static(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = KEPT
    return response


def _selector(chosen: Callable[[], str] | None) -> Callable[[], str | None]:
    def select() -> str | None:
        asked: str | None = g.get("language")
        return (_had(chosen()) if chosen else None) or asked or _first_had(_accepted())

    return select


def _accepted() -> list[str]:
    return [tag for tag, quality in request.accept_languages if quality]


def _first_had(wanted: Iterable[str]) -> str | None:
    return next(filter(None, map(_had, wanted)), None)


def _had(tag: str) -> str | None:
    """Return the language we have that is nearest to a tag: the tag, or what is left of it."""
    parts = tag.lower().split("-")
    shorter = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((language for language in shorter if language in languages()), None)
