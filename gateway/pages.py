"""Flask with the templates and static files of the `web` package, and translations."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, request, url_for
from flask_babel import Babel, get_locale, gettext
from werkzeug.wrappers import Response

import web
from contracts.text import Text
from gateway.settings import Settings

WEB = Path(web.__file__).parent
FORM_BYTES = 2_500_000
YEAR = 365 * 24 * 3600


def flask(settings: Settings) -> Flask:
    """Return an application without routes but the static files."""
    app = Flask(
        "gateway", template_folder=str(WEB / "templates"), static_folder=str(WEB / "static")
    )
    app.config.update(
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        BABEL_TRANSLATION_DIRECTORIES=str(WEB / "translations"),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Babel(app)
    app.add_template_filter(render, "t")
    app.add_template_global(static)
    app.context_processor(lambda: {"locale": get_locale(), "service_name": settings.service_name})
    app.after_request(_cache_static)
    return app


def render(text: Text) -> str:
    """Translate a text into the language of this request and fill in its values."""
    return str(gettext(text.message, **text.values))


def static(path: str) -> str:
    """Return the address of a static file; it changes with the content, so it may be kept."""
    return url_for("static", filename=path, v=_digest(path))


@cache
def _digest(path: str) -> str:
    return sha256((WEB / "static" / path).read_bytes()).hexdigest()[:16]


def _cache_static(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
