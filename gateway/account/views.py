"""The account page: what a person holds, where they are logged in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.service import EnrolmentService
from gateway.account.service import AccountService
from gateway.account.visitor import HOME, BrowserVisitor
from gateway.oidc.authorize.outcomes import scopes
from gateway.oidc.logout.service import Logout
from gateway.oidc.logout.views import signed_out
from gateway.recovery.service import Recoveries

ADDED = Text("Done. You can use it from now on.")


def blueprint(
    accounts: AccountService,
    enrolment: EnrolmentService,
    visitor: BrowserVisitor,
    logout: Logout,
    recoveries: Recoveries,
) -> Blueprint:
    """Return the start page and the account page."""
    views = Blueprint("account", __name__)

    @views.get("/")
    def home() -> str:
        present = visitor.present()
        account = enrolment.holdings(present.subject).account if present else None
        return render_template("home.html", account=account)

    @views.get(HOME)
    def show() -> str:
        subject = visitor.logged_in().subject
        holdings = enrolment.holdings(subject)
        return render_template(
            "account.html",
            signals=holdings.signals,
            account=holdings.account,
            credentials=holdings.credentials,
            addable=holdings.addable,
            upgrade=any(way.first for way in holdings.addable) and visitor.upgrading(),
            consents=[(given, scopes(given.scope)) for given in accounts.consents(subject)],
            sessions=accounts.places(subject),
            recovery=recoveries.under_way(subject),
            notice=ADDED if "added" in request.args else None,
        )

    @views.post("/account/remove")
    def remove() -> Response:
        accounts.remove(visitor.enroller().account_id, request.form.get("credential", ""))
        return redirect(HOME, 303)

    @views.post("/logout")
    def log_out() -> Response:
        return signed_out(logout.here())

    @views.post("/account/withdraw")
    def withdraw() -> Response:
        accounts.withdraw(visitor.logged_in().subject, request.form.get("client", ""))
        return redirect(HOME, 303)

    @views.post("/account/end-session")
    def end_session() -> Response:
        accounts.end_session(visitor.logged_in().subject, request.form.get("session", ""))
        return redirect(HOME, 303)

    @views.post("/account/logout-everywhere")
    def log_out_everywhere() -> Response:
        subject = visitor.logged_in().subject
        here = logout.here()
        accounts.end_sessions(subject)
        return signed_out(here)

    return views
