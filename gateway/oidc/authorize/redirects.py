"""Redirects by 303 alone: no browser posts a second time what it has posted (RFC 9700, 4.12)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response


def see_other(location: str) -> Response:
    """Send the browser on, by GET."""
    return redirect(location, 303)


def again_by_get() -> Response:
    """Have a POST come again: browsers send no Lax cookies with a foreign POST, but with a GET."""
    sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return see_other(f"{request.path}?{urlencode(sent)}")
