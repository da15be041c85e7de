"""The language menu at the foot of each page."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from contracts.errors import BadRequest
from gateway.browser import Browser
from web.pages import languages

OURS = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of this site: no second slash that makes it a host, nothing that browsers tidy away."""


def blueprint(browser: Browser) -> Blueprint:
    """Return the one view: keep the choice in this browser, show the page again."""
    pages = Blueprint("languages", __name__)

    @pages.post("/language")
    def choose() -> Response:
        language = request.form.get("language", "")
        if language not in languages():
            raise BadRequest(detail="no such language")
        browser.language = language
        return redirect(_back(request.form.get("back", "")), 303)

    return pages


def _back(path: str) -> str:
    return path if OURS.fullmatch(path) else "/"
