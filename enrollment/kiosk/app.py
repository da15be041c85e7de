"""The kiosk's page: ticket, phrases, done."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock

from flask import Flask, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import GatehouseError
from contracts.text import Text
from enrollment.agreeing import FIELD
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
    app.register_error_handler(GatehouseError, _foreign)
    Desk(kiosk, guard).install(app)
    return app


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page tells once, after the form that led to it."""

    step: str
    error: GatehouseError | None = None


class Desk:
    """The views: each browser has the visit that was opened in it, one form is taken at a time."""

    def __init__(self, kiosk: Kiosk, guard: Guard) -> None:
        self._kiosk = kiosk
        self._guard = guard
        self._visits: dict[str, Visit] = {}
        self._told: dict[str, Outcome] = {}
        self._one_at_a_time = Lock()

    def install(self, app: Flask) -> None:
        """Register the pages."""
        app.add_url_rule("/", "show", self._show, methods=["GET"])
        app.add_url_rule("/", "act", self._act, methods=["POST"])
        app.add_url_rule("/cancel", "cancel", self._cancel, methods=["POST"])
        app.add_url_rule("/level", "level", self._level, methods=["GET"])

    def _show(self) -> Page:
        told = self._told.pop(self._guard.browser, None)
        visit = self._visits.get(self._guard.browser)
        if told is not None:
            return _page(told)
        if visit is None:
            return _page(Outcome("ticket"))
        step = "agree" if visit.agreeing else "capture"
        return render_template("kiosk.html", step=step, asked=visit.asked, level=visit.level)

    def _act(self) -> Page:
        with self._one_at_a_time:
            visit = self._visits.get(self._guard.browser)
            if visit is None:
                self._open(request.form.get("ticket", ""))
            elif request.form.get("ceremony") == visit.asked.handle:
                self._take(visit)
        return redirect("/", 303)

    def _open(self, ticket: str) -> None:
        try:
            self._visits[self._guard.browser] = self._kiosk.open(ticket)
        except GatehouseError as error:
            self._tell(Outcome("ticket", error))

    def _take(self, visit: Visit) -> None:
        try:
            after = self._step(visit)
        except Refused as error:
            self._forget()
            self._tell(Outcome("ticket", error))
        except GatehouseError as error:
            self._tell(Outcome("error", error))
        else:
            self._go_on(after)

    def _step(self, visit: Visit) -> Visit | None:
        """Nothing is recorded before the person agreed to it."""
        if visit.agreeing:
            return self._kiosk.agree(visit, request.form.get(FIELD, ""))
        return self._kiosk.capture(visit)

    def _go_on(self, visit: Visit | None) -> None:
        if visit is not None:
            self._visits[self._guard.browser] = visit
            return
        self._forget()
        self._tell(Outcome("done"))

    def _tell(self, outcome: Outcome) -> None:
        if outcome.error is not None:
            logger.warning("%s: %s", outcome.error.code, outcome.error)
        self._told[self._guard.browser] = outcome

    def _cancel(self) -> Page:
        with self._one_at_a_time:
            self._forget()
        return redirect("/", 303)

    def _level(self) -> Page:
        return jsonify(level=self._kiosk.level)

    def _forget(self) -> None:
        self._visits.pop(self._guard.browser, None)


def _page(outcome: Outcome) -> Page:
    if outcome.error is None:
        return render_template("kiosk.html", step=outcome.step)
    page = render_template("kiosk.html", step=outcome.step, error=outcome.error.public)
    return page, outcome.error.status


def _foreign(error: GatehouseError) -> Page:
    logger.warning("%s: %s", error.code, error)
    return render_template("message.html", title=TROUBLE, text=error.public), error.status
