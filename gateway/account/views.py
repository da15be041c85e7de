"""The account pages: what a person holds, where they are logged in, what happened."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.service import EnrolmentService
from gateway.account.history import History
from gateway.account.service import AccountService
from gateway.biometric_templates import Templates, Work
from gateway.callers import caller
from gateway.login.visitor import HOME, BrowserVisitor
from gateway.oidc.authorize.outcomes import scopes
from gateway.oidc.logout.service import Logout
from gateway.oidc.logout.views import signed_out
from gateway.recovery.service import Recoveries

SESSIONS = "/account/sessions"
APPLICATIONS = "/account/applications"
HISTORY = "/account/history"
OLDEST = 18
"""Digits that the number of an entry can have."""

NOTICES = {
    "added": Text("Done. You can use it from now on."),
    "removed": Text("It is removed."),
    "renamed": Text("It has its new name."),
    "reverted": Text("What was learnt since you enrolled is forgotten."),
    "agreed": Text("Thank you. You can use it from now on."),
    "deleted": Text("Withdrawn. What was measured of you is deleted."),
    "kept": Text("Your account is kept."),
    "ended": Text("Logged out there."),
    "withdrawn": Text("Withdrawn. What it held is no longer valid."),
}
CHANGED = {"added", "removed"}
"""After these somebody may want to be logged in nowhere else."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages are built from."""

    accounts: AccountService
    history: History
    enrolment: EnrolmentService
    visitor: BrowserVisitor
    logout: Logout
    recoveries: Recoveries
    templates: Templates


def blueprint(parts: Parts) -> Blueprint:
    """Return the start page and the account pages."""
    pages, views = Blueprint("account", __name__), Views(parts)
    pages.add_url_rule("/", view_func=views.home)
    pages.add_url_rule(HOME, view_func=views.show)
    pages.add_url_rule(SESSIONS, view_func=views.sessions)
    pages.add_url_rule(APPLICATIONS, view_func=views.applications)
    pages.add_url_rule(HISTORY, view_func=views.history)
    for path, view in (
        ("/account/remove", views.remove),
        ("/account/rename", views.rename),
        ("/account/revert", views.revert),
        ("/account/end-session", views.end_session),
        ("/account/end-others", views.end_others),
        ("/account/logout-everywhere", views.log_out_everywhere),
        ("/account/withdraw", views.withdraw),
        ("/logout", views.log_out),
    ):
        pages.add_url_rule(path, view_func=view, methods=["POST"])
    return pages


class Views:
    """The account pages."""

    def __init__(self, parts: Parts) -> None:
        self._accounts = parts.accounts
        self._history = parts.history
        self._enrolment = parts.enrolment
        self._visitor = parts.visitor
        self._logout = parts.logout
        self._recoveries = parts.recoveries
        self._templates = parts.templates

    def home(self) -> str:
        """Show the start page."""
        present = self._visitor.present()
        account = self._enrolment.holdings(present.subject).account if present else None
        return render_template("home.html", account=account)

    def show(self) -> str:
        """Show what the person logs in with."""
        here = self._visitor.logged_in()
        holdings = self._enrolment.holdings(here.subject)
        return render_template(
            "account.html",
            signals=holdings.signals,
            account=holdings.account,
            credentials=holdings.credentials,
            addable=holdings.addable,
            upgrade=any(way.first for way in holdings.addable) and self._visitor.upgrading(),
            others=self._accounts.others(here.subject, here.sid),
            changed=not CHANGED.isdisjoint(request.args),
            recovery=self._recoveries.under_way(here.subject),
            notice=_notice(),
        )

    def remove(self) -> Response:
        """Remove a factor."""
        who, form = self._visitor.enroller(), request.form
        self._accounts.remove(who, form.get("credential", ""), alone="alone" in form)
        return redirect(f"{HOME}?removed=1", 303)

    def rename(self) -> Response:
        """Give a factor another name."""
        who, form = self._visitor.enroller(), request.form
        self._accounts.rename(who, form.get("credential", ""), form.get("name", ""))
        return redirect(f"{HOME}?renamed=1", 303)

    def revert(self) -> Response:
        """Forget what a factor has learnt since it was enrolled."""
        who, form = self._visitor.enroller(), request.form
        self._templates.change(
            Work.REVERT, who.account_id, form.get("credential", ""), caller().address
        )
        return redirect(f"{HOME}?reverted=1", 303)

    def sessions(self) -> str:
        """Show where the person is logged in."""
        here = self._visitor.logged_in(SESSIONS)
        places = self._accounts.places(here.subject, here.sid)
        return render_template("account_sessions.html", sessions=places, notice=_notice())

    def end_session(self) -> Response:
        """End one session."""
        here = self._visitor.logged_in(SESSIONS)
        self._accounts.end_session(here.subject, request.form.get("session", ""))
        return redirect(f"{SESSIONS}?ended=1", 303)

    def end_others(self) -> Response:
        """End every session but this one."""
        here = self._visitor.logged_in(SESSIONS)
        self._accounts.end_sessions(here.subject, but=here.sid)
        return redirect(f"{SESSIONS}?ended=1", 303)

    def log_out(self) -> Response:
        """Log out here."""
        return signed_out(self._logout.here())

    def log_out_everywhere(self) -> Response:
        """Log out here and everywhere else."""
        subject = self._visitor.logged_in(SESSIONS).subject
        here = self._logout.here()
        self._accounts.end_sessions(subject)
        return signed_out(here)

    def applications(self) -> str:
        """Show what applications may have."""
        found = self._accounts.applications(self._visitor.logged_in(APPLICATIONS).subject)
        return render_template(
            "account_applications.html",
            applications=[(each, scopes(each.scope)) for each in found],
            notice=_notice(),
        )

    def withdraw(self) -> Response:
        """Take back what an application may have."""
        subject = self._visitor.logged_in(APPLICATIONS).subject
        self._accounts.withdraw(subject, request.form.get("client", ""))
        return redirect(f"{APPLICATIONS}?withdrawn=1", 303)

    def history(self) -> str:
        """Show what happened."""
        subject, before = self._visitor.logged_in(HISTORY).subject, request.args.get("before", "")
        number = before.isascii() and before.isdecimal() and len(before) <= OLDEST
        page = self._history.page(subject, int(before) if number else None)
        return render_template("account_history.html", page=page, first=not number)


def _notice() -> Text | None:
    return next((text for name, text in NOTICES.items() if name in request.args), None)
