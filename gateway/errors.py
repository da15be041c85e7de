"""Every error becomes one page or one JSON object here: public words and a reference, no more."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from contracts.errors import GatehouseError, TooMany, Unavailable
from contracts.text import Text

log = logging.getLogger("gatehouse.errors")

TITLE = Text("This did not work")
NOT_FOUND = Text("There is no such page.")
WRONG_METHOD = Text("This address does not take that kind of request.")
MALFORMED = Text("The request could not be understood.")
WORDS = {404: NOT_FOUND, 405: WRONG_METHOD}
PROGRAMS = "/admin/api/"
"""Below this nobody looks at pages: errors are JSON, whatever a request says it accepts."""


def install(app: Flask) -> None:
    """Render all errors alike; whatever is not ours is logged and told as a failure of ours."""
    app.register_error_handler(GatehouseError, told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def told(error: GatehouseError) -> Response:
    """Render an error of ours."""
    reference = _log(error.code, error.status, error.detail)
    response = _render(error.status, error.code, error.public, reference)
    if isinstance(error, TooMany | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.get_response()
    status = error.code or 500
    reference = _log("http", status, error.description or "")
    response = _render(status, "invalid_request", WORDS.get(status, MALFORMED), reference)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _unknown(error: Exception) -> Response:
    reference = secrets.token_hex(8)
    log.error(
        "request failed",
        exc_info=error,
        extra={"path": request.path, "reference": reference},
    )
    return _render(500, GatehouseError.code, GatehouseError.public, reference)


def _log(code: str, status: int, detail: str) -> str:
    reference = secrets.token_hex(8)
    told = {
        "code": code,
        "status": status,
        "detail": detail,
        "path": request.path,
        "reference": reference,
    }
    log.info("request refused", extra=told)
    return reference


def _render(status: int, code: str, text: Text, reference: str) -> Response:
    if _reads_pages():
        page = render_template("message.html", title=TITLE, text=text, reference=reference)
        return make_response(page, status)
    body = jsonify(error=code, error_description=str(text), reference=reference)
    return make_response(body, status)


def _reads_pages() -> bool:
    accepted = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return accepted == "text/html" and not request.path.startswith(PROGRAMS)
