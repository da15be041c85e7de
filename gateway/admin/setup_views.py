"""The page of the first admin: a username, then a passkey."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import GatehouseError
from contracts.text import Text
from enrollment.service import EnrolmentService
from gateway.admin.setup import PAGE, Setup
from gateway.browser import Browser
from gateway.callers import caller

Page = Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Views:
    """The page, and what its form begins."""

    setup: Setup
    enrolment: EnrolmentService
    browser: Browser

    def show(self) -> Page:
        """Ask for the token and a username."""
        return _form(None)

    def begin(self) -> Page:
        """Spend the token and ask for a passkey at once."""
        form = request.form
        token, username = form.get("ticket", ""), form.get("username", "")
        try:
            handle = self.setup.begin(token, username, form.get("email", ""), caller().address)
        except GatehouseError as error:
            return _form(error.public, error.status)
        self.browser.enrolment = handle
        who = self.enrolment.admit(handle, "browser", None)
        page = render_template(
            "challenge.html",
            asked=self.enrolment.begin(who, self.setup.factor),
            action="/enroll/answer",
            resend="/enroll/resend",
            back="/enroll/",
            cancel=None,
            enrolling=True,
            client_name="",
        )
        return page, 200


def blueprint(views: Views) -> Blueprint:
    """Return the set-up page."""
    pages = Blueprint("admin_setup", __name__)
    pages.add_url_rule(PAGE, "show", view_func=views.show)
    pages.add_url_rule(PAGE, "begin", view_func=views.begin, methods=["POST"])
    return pages


def _form(error: Text | None, status: int = 200) -> Page:
    return render_template("admin/setup.html", error=error), status
