"""The pages of a login: each view parses, calls one step and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.outcomes import Asked
from enrollment.renewing import TooManyQuestions
from enrollment.submission import read
from gateway.browser import Browser
from gateway.headers import allow_forms_to
from gateway.login.devices import Devices
from gateway.login.elsewhere import Elsewhere
from gateway.login.service import LoginService
from gateway.login.steps import Choose, Ended, Finished, First, Signed, Step, Visit
from gateway.login.visits import visit
from web.looks import show_for
from web.pages import language_tag, speak

Page = Response | tuple[str, int, dict[str, str]]

READY = Text("Your account is ready. Now log in with it once.")


def blueprint(
    service: LoginService, devices: Devices, elsewhere: Elsewhere, browser: Browser
) -> Blueprint:
    """Return the login pages."""
    pages = Blueprint("login", __name__)
    views = Views(service, devices, elsewhere, browser)
    here = "/login/<handle>"
    pages.add_url_rule(here, view_func=views.show)
    pages.add_url_rule(here, view_func=views.first, methods=["POST"])
    for step in ("factor", "answer", "resend"):
        pages.add_url_rule(f"{here}/{step}", "again", views.again)
    pages.add_url_rule(f"{here}/factor", view_func=views.choose, methods=["POST"])
    pages.add_url_rule(f"{here}/signature", view_func=views.signature, methods=["POST"])
    pages.add_url_rule(f"{here}/answer", view_func=views.answer, methods=["POST"])
    pages.add_url_rule(f"{here}/resend", view_func=views.resend, methods=["POST"])
    pages.add_url_rule(f"{here}/skip", view_func=views.skip, methods=["POST"])
    pages.add_url_rule(f"{here}/cancel", view_func=views.cancel, methods=["POST"])
    pages.add_url_rule(f"{here}/switch", view_func=views.switch, methods=["POST"])
    return pages


class Views:
    """The pages of one login service."""

    def __init__(
        self, service: LoginService, devices: Devices, elsewhere: Elsewhere, browser: Browser
    ) -> None:
        self._service = service
        self._devices = devices
        self._elsewhere = elsewhere
        self._browser = browser

    def show(self, handle: str) -> Page:
        """Show where a login stands."""
        return self._page(handle, lambda visit: _welcomed(self._service.show(handle, visit)))

    def first(self, handle: str) -> Page:
        """Take name and password."""
        username, secret = request.form.get("username", ""), request.form.get("password", "")
        return self._page(
            handle, lambda visit: self._service.first(handle, visit, username, secret)
        )

    def again(self, handle: str) -> Page:
        """Lead whoever opens the address of a step once more to where the login stands."""
        return redirect(f"/login/{handle}", 303)

    def choose(self, handle: str) -> Page:
        """Take the choice of a way to go on."""
        form = request.form
        offer = (form.get("factor", ""), form.get("credential", ""), "enrol" in form)
        return self._page(handle, lambda visit: self._service.choose(handle, visit, offer))

    def signature(self, handle: str) -> Page:
        """Ask this browser's own key for a signature."""
        return self._page(handle, lambda visit: self._devices.signature(handle, visit))

    def answer(self, handle: str) -> Page:
        """Take the answer of a ceremony."""
        ceremony, submission = request.form.get("ceremony", ""), read(request, "browser")
        return self._page(
            handle, lambda visit: self._service.answer(handle, visit, ceremony, submission)
        )

    def resend(self, handle: str) -> Page:
        """Send a code anew."""
        ceremony = request.form.get("ceremony", "")
        return self._page(handle, lambda visit: self._service.resend(handle, visit, ceremony))

    def skip(self, handle: str) -> Page:
        """Go on without what is not required."""
        return self._page(handle, lambda visit: self._service.skip(handle, visit))

    def cancel(self, handle: str) -> Page:
        """Give the login up."""
        return self._page(handle, lambda visit: self._service.cancel(handle, visit))

    def switch(self, handle: str) -> Page:
        """Log in as somebody else."""
        other = self._service.switch(handle, self._visit())
        self._browser.session = ""
        return redirect(f"/login/{other}", 303)

    def _visit(self) -> Visit:
        signed = Signed(request.form.get("signing", ""), request.form.get("signed", ""))
        return replace(visit(self._browser), work=request.form, signed=signed)

    def _taken(self, handle: str, who: Visit, take: Callable[[Visit], Step]) -> Step:
        """Take a step; where no more is asked in one way, show the others, and say so."""
        try:
            return take(who)
        except TooManyQuestions as many:
            return _no_more(self._service.show(handle, who), many)

    def _page(self, handle: str, take: Callable[[Visit], Step]) -> Page:
        who = self._visit()
        client, ui_locales = self._service.asked_by(handle, who)
        speak(ui_locales)
        show_for(client.id if client else "")
        step = self._taken(handle, replace(who, language=language_tag()), take)
        if isinstance(step, Finished):
            self._browser.session = step.cookie
            self._browser.keep()
            self._browser.enrolment = ""  # whoever logs in here is not the person of some ticket
        allow_forms_to(client.redirect_uris if client else ())
        context = {
            "client_name": client.name if client else "",
            "signature": f"/login/{handle}/signature" if self._devices.name else "",
            "remember": self._devices.offer(handle, who, step),
            "elsewhere": self._elsewhere.offered(handle, who, step),
        }
        return _render(handle, step, context)


def _welcomed(step: Step) -> Step:
    """Say that the account is ready to whoever has just made it."""
    if isinstance(step, Choose) and "welcome" in request.args:
        return replace(step, notice=READY)
    return step


def _no_more(step: Step, why: TooManyQuestions) -> Step:
    if not isinstance(step, Choose):
        return step
    return replace(step, error=why.public, status=why.status, retry_after=why.retry_after)


def _render(handle: str, step: Step, context: Mapping[str, Any]) -> Page:
    match step:
        case Finished() | Ended():
            return redirect(step.go, 303)
        case First():
            page = render_template(
                "login.html",
                login=handle,
                hint=step.hint,
                fixed=step.fixed,
                passkey=step.usernameless,
                passkey_alone=not step.named,
                error=step.error,
                signal=step.signal,
                puzzle=step.puzzle,
                **context,
            )
        case Choose():
            page = render_template(
                "choose.html",
                login=handle,
                options=step.offers,
                optional=step.optional,
                error=step.error,
                notice=step.notice,
                upgrade=step.upgrade,
                signal=step.signal,
                **context,
            )
        case Asked():
            page = render_template(
                "challenge.html",
                asked=step,
                action=f"/login/{handle}/answer",
                resend=f"/login/{handle}/resend",
                cancel=f"/login/{handle}/cancel",
                back=f"/login/{handle}",
                enrolling=step.enrolling,
                **context,
            )
    return page, step.status, _waits(step)


def _waits(step: First | Choose | Asked) -> dict[str, str]:
    seconds = step.retry_after
    return {"Retry-After": str(seconds)} if seconds else {}
