"""The pages of a sign-up: each view parses, calls one step and shows what came of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from contracts.errors import Expired
from enrollment.outcomes import Asked
from enrollment.submission import read
from gateway.browser import Browser
from gateway.limits.demand import Demand, Puzzle
from gateway.login.service import LoginService
from gateway.login.visits import visit
from gateway.registration.service import Registration
from gateway.registration.steps import Again, Naming, Registered, Step
from web.looks import show_for
from web.pages import speak

Page = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def blueprint(
    service: Registration, logins: LoginService, browser: Browser, demand: Demand
) -> Blueprint:
    """Return the pages of a sign-up; they let the pages of a login point here."""
    pages, views = Blueprint("registration", __name__), Views(service, logins, browser, demand)
    here = "/register/<handle>"
    pages.add_url_rule("/register", view_func=views.first)
    pages.add_url_rule("/register", view_func=views.begin, methods=["POST"])
    pages.add_url_rule(here, view_func=views.show)
    pages.add_url_rule(f"{here}/answer", view_func=views.answer, methods=["POST"])
    pages.add_url_rule(f"{here}/resend", view_func=views.resend, methods=["POST"])
    pages.add_url_rule(f"{here}/name", view_func=views.name, methods=["POST"])
    pages.add_url_rule(f"{here}/cancel", view_func=views.cancel, methods=["POST"])
    pages.record(_announce)
    return pages


def _announce(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["registration"] = True


class Views:
    """The pages of one registration service."""

    def __init__(
        self, service: Registration, logins: LoginService, browser: Browser, demand: Demand
    ) -> None:
        self._service = service
        self._logins = logins
        self._browser = browser
        self._demand = demand

    def first(self) -> Page:
        """Ask for an address."""
        login, who = request.args.get("login", ""), visit(self._browser)
        puzzle = self._demand.asked(who.source, who.browser)
        return self._first(self._service.first(), login, puzzle)

    def begin(self) -> Page:
        """Take an address and send a code to it."""
        login, who = request.form.get("login", ""), visit(self._browser)
        client_name = self._asker(login)
        if puzzle := self._demand.unpaid(who.source, who.browser, request.form):
            first = replace(self._service.first(), error=puzzle.error, status=429)
            return self._first(first, login, puzzle)
        handle, asked = self._service.begin(who, login, read(request, "browser"))
        if asked.step == 1:
            return self._first(asked, login, self._demand.asked(who.source, who.browser))
        return _challenge(handle, asked, client_name)

    def show(self, handle: str) -> Page:
        """Show where a sign-up stands."""
        return self._page(handle, self._service.show(handle, visit(self._browser)))

    def answer(self, handle: str) -> Page:
        """Take the answer of a ceremony."""
        ceremony, submission = request.form.get("ceremony", ""), read(request, "browser")
        self._speak(handle)
        return self._page(
            handle, self._service.answer(handle, visit(self._browser), ceremony, submission)
        )

    def resend(self, handle: str) -> Page:
        """Send a code anew."""
        ceremony = request.form.get("ceremony", "")
        self._speak(handle)
        return self._page(handle, self._service.resend(handle, visit(self._browser), ceremony))

    def name(self, handle: str) -> Page:
        """Take the name and the way to begin with."""
        username, factor = request.form.get("username", ""), request.form.get("factor", "")
        return self._page(
            handle, self._service.name(handle, visit(self._browser), username, factor)
        )

    def cancel(self, handle: str) -> Page:
        """Give the sign-up up."""
        login = self._service.cancel(handle, visit(self._browser))
        return redirect(f"/login/{login}" if login else "/", 303)

    def _speak(self, handle: str) -> str:
        return self._asker(self._service.came_from(handle, visit(self._browser)))

    def _asker(self, login: str) -> str:
        """Answer in the language that the waiting chatbot asked for, and return its name."""
        with suppress(Expired):
            client, ui_locales = self._logins.asked_by(login, visit(self._browser))
            speak(ui_locales)
            show_for(client.id if client else "")
            return client.name if client else ""
        return ""

    def _first(self, asked: Asked, login: str, puzzle: Puzzle | None) -> Page:
        page = render_template(
            "register.html",
            asked=asked,
            login=login,
            puzzle=puzzle,
            client_name=self._asker(login),
        )
        return page, asked.status, asked.waits

    def _page(self, handle: str, step: Step) -> Page:
        match step:
            case Again() | Registered():
                return redirect(step.go, 303)
            case Naming():
                return self._naming(handle, step)
            case Asked():
                return _challenge(handle, step, self._speak(handle))

    def _naming(self, handle: str, step: Naming) -> Page:
        page = render_template(
            "register_name.html",
            signup=handle,
            name=step.name,
            ways=step.ways,
            error=step.error,
            client_name=self._speak(handle),
        )
        return page, step.status


def _challenge(handle: str, asked: Asked, client_name: str) -> Page:
    page = render_template(
        "challenge.html",
        asked=asked,
        action=f"/register/{handle}/answer",
        resend=f"/register/{handle}/resend",
        cancel=f"/register/{handle}/cancel",
        back=f"/register/{handle}",
        enrolling=True,
        client_name=client_name,
    )
    return page, asked.status, asked.waits
