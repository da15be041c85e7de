"""What every template relies on, registered once for any Flask app that serves these pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request, url_for
from flask_babel import Babel, get_locale, gettext, refresh
from jinja2 import FileSystemLoader
from werkzeug.wrappers import Response

from contracts.text import Text

ROOM = Path(__file__).parent
SOURCE_LANGUAGE = "en"
CATALOGUES = ROOM / "translations"
YEAR = 365 * 24 * 3600


def install(app: Flask, *, service_name: str, csrf: Callable[[], str]) -> None:
    """Make `app` serve the pages: `csrf` returns this browser's token for the forms."""
    app.static_folder = str(ROOM / "static")
    if "static" not in app.view_functions:
        app.add_url_rule("/static/<path:filename>", "static", app.send_static_file)
    app.jinja_loader = FileSystemLoader(ROOM / "templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    babel = Babel(app, default_locale=SOURCE_LANGUAGE, locale_selector=_preferred_language)
    with app.app_context():
        babel.domain_instance.cache = _CATALOGUES
    app.jinja_env.filters["t"] = translate
    app.jinja_env.globals.update(service_name=service_name, csrf=csrf, static=static, root=root)
    app.context_processor(lambda: {"locale": language_tag()})
    app.after_request(_keep_static)


def translate(text: Text) -> str:
    """Return the text in the language of this request, its values filled in."""
    return str(gettext(text.message, **text.values))


def translate_into(language: str, text: Text) -> str:
    """Return the text in a language of ours, whoever asks; in English for any other."""
    if language not in languages():
        return str(text)
    return str(replace(text, message=_CATALOGUES[language, "messages"].ugettext(text.message)))


def speak(wanted: Sequence[str]) -> None:
    """Answer this request in the first of these languages that there is (RFC 4647, lookup).

    `wanted` are BCP 47 tags in order of preference; where none is had, the browser's own count.
    """
    g.language = next(filter(None, map(_had, wanted)), None)
    refresh()


def root() -> str:
    """Return the path that the pages of this site are under; empty for the whole of a host."""
    return request.script_root


def static(path: str) -> str:
    """Return the URL of a file under `web/static`; it changes with the file, so it may be kept."""
    return url_for("static", filename=path, v=_digest(path))


def language_tag() -> str:
    """Return the language of this request as a BCP 47 tag, for the `lang` attribute."""
    return str(get_locale() or SOURCE_LANGUAGE).replace("_", "-")


@cache
def languages() -> list[str]:
    """Return the source language and every language with a catalogue."""
    return [SOURCE_LANGUAGE, *sorted(path.stem for path in CATALOGUES.glob("*.po"))]


class _Compiled(dict[tuple[str, str], NullTranslations]):
    """The catalogues as translators write them, each compiled in memory when it is first used."""

    def __missing__(self, key: tuple[str, str]) -> NullTranslations:
        file = CATALOGUES / f"{key[0]}.po"
        self[key] = _compiled(file) if file.is_file() else NullTranslations()
        return self[key]


_CATALOGUES = _Compiled()


def _compiled(file: Path) -> NullTranslations:
    with file.open("rb") as source, BytesIO() as target:
        write_mo(target, read_po(source))
        target.seek(0)
        return Translations(target)


@cache
def _digest(path: str) -> str | None:
    file = ROOM / "static" / path
    return sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else None


def _keep_static(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _preferred_language() -> str | None:
    asked: str | None = g.get("language")
    return asked or request.accept_languages.best_match(languages())


def _had(tag: str) -> str | None:
    """Return the language we have that is nearest to a tag: the tag, or what is left of it."""
    parts = tag.lower().split("-")
    shorter = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((language for language in shorter if language in languages()), None)
