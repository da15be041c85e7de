"""The pages about a person's data: to take it along, to leave, to stay after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from gateway.account.export import Export, as_json
from gateway.account.leaving import Leaving
from gateway.login.steps import LEAVING
from gateway.login.visitor import HOME, BrowserVisitor
from store import Store
from store.accounts import normalized

DATA = "/account/data"
MISTYPED = Text("That is not your user name. Type it as it is shown above.")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages are built from; `grace` is how long somebody may think better of it."""

    store: Store
    export: Export
    leaving: Leaving
    visitor: BrowserVisitor
    grace: timedelta


def blueprint(parts: Parts) -> Blueprint:
    """Return the pages about a person's data."""
    pages, views = Blueprint("data", __name__), Views(parts)
    pages.add_url_rule(DATA, view_func=views.show)
    pages.add_url_rule("/account/export", view_func=views.export, methods=["POST"])
    pages.add_url_rule("/account/delete", view_func=views.delete, methods=["POST"])
    pages.add_url_rule(LEAVING, view_func=views.leaving)
    pages.add_url_rule("/account/keep", view_func=views.keep, methods=["POST"])
    return pages


class Views:
    """The pages about a person's data."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def show(self) -> tuple[str, int]:
        """Show what can be done with one's data."""
        return self._page(self._parts.visitor.logged_in(DATA).subject)

    def export(self) -> Response:
        """Let the person download all that is kept of them."""
        who = self._parts.visitor.enroller(DATA)
        made = make_response(as_json(self._parts.export.take(who.account_id)))
        made.headers["Content-Type"] = "application/json"
        made.headers["Content-Disposition"] = 'attachment; filename="account.json"'
        return made

    def delete(self) -> tuple[str, int]:
        """Plan that the account is erased, where the person typed whose it is."""
        who = self._parts.visitor.enroller(DATA)
        if normalized(request.form.get("username", "")) != self._username(who.account_id):
            return self._page(who.account_id, MISTYPED)
        at = self._parts.leaving.ask(who.account_id)
        self._parts.visitor.forget()
        return render_template("account_left.html", at=at), 200

    def leaving(self) -> str:
        """Show a person who is to be erased what they can do about it."""
        at = self._parts.leaving.planned(self._parts.visitor.leaver().account_id)
        return render_template("account_leaving.html", at=at)

    def keep(self) -> Response:
        """Call the erasure off."""
        session = self._parts.visitor.leaver()
        self._parts.leaving.keep(session.account_id, session.sid)
        return redirect(f"{HOME}?kept=1", 303)

    def _page(self, account_id: str, error: Text | None = None) -> tuple[str, int]:
        page = render_template(
            "account_data.html",
            username=self._username(account_id),
            days=self._parts.grace.days,
            error=error,
        )
        return page, 422 if error else 200

    def _username(self, account_id: str) -> str:
        with self._parts.store.read() as tx:
            account = tx.accounts.get(account_id)
        return account.username if account else ""
