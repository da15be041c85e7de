"""The page about what a person agreed to have measured: to read, to agree anew, to withdraw."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.agreeing import FIELD, NEEDED
from enrollment.consent import Consents
from gateway.login.visitor import HOME, BrowserVisitor
from web.pages import translate

CONSENT = "/account/consent/<factor>"


@dataclass(frozen=True, slots=True)
class Parts:
    """What the page is built from."""

    consents: Consents
    visitor: BrowserVisitor


def blueprint(parts: Parts) -> Blueprint:
    """Return the page about a consent."""
    pages, views = Blueprint("consents", __name__), Views(parts)
    pages.add_url_rule(CONSENT, view_func=views.show)
    pages.add_url_rule(CONSENT, view_func=views.agree, methods=["POST"])
    pages.add_url_rule(f"{CONSENT}/withdraw", view_func=views.withdraw, methods=["POST"])
    return pages


class Views:
    """The page about a consent."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def show(self, factor: str) -> tuple[str, int]:
        """Show what the person agreed to, or is asked to agree to."""
        return self._page(self._parts.visitor.logged_in().subject, factor)

    def agree(self, factor: str) -> tuple[str, int] | Response:
        """Take the person's consent, to the very words that they were shown."""
        who = self._parts.visitor.enroller()
        shown = request.form.get(FIELD, "")
        if not self._parts.consents.agree(who.account_id, factor, shown, who.source):
            return self._page(who.account_id, factor, NEEDED)
        return redirect(f"{HOME}?agreed=1", 303)

    def withdraw(self, factor: str) -> Response:
        """Take it back."""
        who = self._parts.visitor.enroller()
        self._parts.consents.withdraw(who.account_id, factor)
        return redirect(f"{HOME}?deleted=1", 303)

    def _page(self, account_id: str, factor: str, error: Text | None = None) -> tuple[str, int]:
        wording = self._parts.consents.wording(account_id, factor)
        said = [translate(point) for point in wording.points]
        page = render_template("account_consent.html", wording=wording, said=said, error=error)
        return page, 422 if error else 200
