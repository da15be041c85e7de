"""The kiosk's page: ticket, phrases, done."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import DeviceError, GatehouseError
from contracts.text import Text
from enrollment.kiosk.guard import Guard
from enrollment.kiosk.visit import Kiosk, Visit
from web import pages

LARGEST_FORM = 16 * 1024
TROUBLE = Text("This did not work")

Page = Response | str | tuple[str, int]


def create_app(kiosk: Kiosk, *, service_name: str, station: str) -> Flask:
    """Build the app; what it remembers, it remembers in memory, for one operator's machine."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    guard = Guard()
    guard.install(app)
    pages.install(app, service_name=service_name, csrf=guard.token)
    app.jinja_env.globals["station"] = station
    app.register_error_handler(GatehouseError, _tell(app))
    Counter(kiosk, guard).install(app)
    return app


class Counter:
    """The views: whoever stands at the counter is the visit of the operator's browser."""

    def __init__(self, kiosk: Kiosk, guard: Guard) -> None:
        self._kiosk = kiosk
        self._guard = guard
        self._visits: dict[str, Visit] = {}

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
        except GatehouseError:
            self._forget()
            raise
        if after is None:
            self._forget()
            return _page("done")
        self._visits[self._guard.browser] = after
        return redirect("/", 303)

    def _cancel(self) -> Page:
        self._forget()
        return redirect("/", 303)

    def _forget(self) -> None:
        self._visits.pop(self._guard.browser, None)


def _page(step: str, **context: object) -> str:
    return render_template("kiosk.html", step=step, **context)


def _tell(app: Flask) -> Callable[[GatehouseError], Page]:
    def tell(error: GatehouseError) -> Page:
        app.logger.warning("%s: %s", error.code, error)
        page = render_template(
            "message.html", title=TROUBLE, text=error.public, status=error.status
        )
        return page, error.status

    return tell
