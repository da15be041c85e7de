"""The kiosk's page: ticket, phrases, done."""

from __future__ import annotations

import logging
from threading import Lock

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import DeviceError, GatehouseError
from contracts.text import Text
from enrollment.kiosk.client import Refused
from enrollment.kiosk.guard import Guard
from enrollment.kiosk.visit import Kiosk, Visit
from web import pages

logger = logging.getLogger(__name__)

LARGEST_FORM = 16 * 1024
TROUBLE = Text("This did not work")

Page = Response | str | tuple[str, int]


def create_app(kiosk: Kiosk, *, service_name: str, station: str) -> Flask:
    """Build the app; what it remembers, it remembers in memory, for one operator's machine."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    guard = Guard()
    guard.install(app)
    pages.install(app, service_name=service_name, csrf=guard.token)
    app.jinja_env.globals["station"] = station
    app.register_error_handler(GatehouseError, _tell)
    Desk(kiosk, guard).install(app)
    return app


class Desk:
    """The views: each browser has the visit that was opened in it, one form is taken at a time."""

    def __init__(self, kiosk: Kiosk, guard: Guard) -> None:
        self._kiosk = kiosk
        self._guard = guard
        self._visits: dict[str, Visit] = {}
        self._one_at_a_time = Lock()

    def install(self, app: Flask) -> None:
        """Register the pages."""
        app.add_url_rule("/", "show", self._show, methods=["GET"])
        app.add_url_rule("/", "act", self._act, methods=["POST"])
        app.add_url_rule("/cancel", "cancel", self._cancel, methods=["POST"])

    def _show(self) -> Page:
        visit = self._visits.get(self._guard.browser)
        if visit is None:
            return _page("ticket")
        return _page("capture", asked=visit.asked, level=visit.level)

    def _act(self) -> Page:
        with self._one_at_a_time:
            visit = self._visits.get(self._guard.browser)
            if visit is None:
                return self._open(request.form.get("ticket", ""))
            if request.form.get("ceremony") != visit.asked.handle:
                return redirect("/", 303)
            return self._capture(visit)

    def _open(self, ticket: str) -> Page:
        try:
            self._visits[self._guard.browser] = self._kiosk.open(ticket)
        except GatehouseError as error:
            return _page("ticket", error=error.public), error.status
        return redirect("/", 303)

    def _capture(self, visit: Visit) -> Page:
        try:
            after = self._kiosk.capture(visit)
        except DeviceError as error:
            return _page("error", error=error.public), error.status
        except Refused:
            self._forget()
            raise
        if after is None:
            self._forget()
            return _page("done")
        self._visits[self._guard.browser] = after
        return redirect("/", 303)

    def _cancel(self) -> Page:
        with self._one_at_a_time:
            self._forget()
        return redirect("/", 303)

    def _forget(self) -> None:
        self._visits.pop(self._guard.browser, None)


def _page(step: str, **context: object) -> str:
    return render_template("kiosk.html", step=step, **context)


def _tell(error: GatehouseError) -> Page:
    logger.warning("%s: %s", error.code, error)
    return render_template("message.html", title=TROUBLE, text=error.public), error.status
