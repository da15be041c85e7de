"""The pages of a login that is answered in a chat."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.agreeing import FIELD
from enrollment.renewing import TooManyQuestions
from gateway.browser import Browser
from gateway.login.elsewhere import page
from gateway.login.visits import visit
from gateway.voice_notes.offering import Agree, Offering, Shown
from web.looks import show_for
from web.pages import translate

HERE = page("<handle>")

Page = Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def blueprint(offering: Offering, browser: Browser) -> Blueprint:
    """Return the pages."""
    pages, views = Blueprint("voice_notes", __name__), Views(offering, browser)
    pages.add_url_rule(HERE, view_func=views.begin, methods=["POST"])
    pages.add_url_rule(HERE, view_func=views.look)
    pages.add_url_rule(f"{HERE}/status", view_func=views.status)
    return pages


class Views:
    """The pages of one service."""

    def __init__(self, offering: Offering, browser: Browser) -> None:
        self._offering = offering
        self._browser = browser

    def begin(self, handle: str) -> Page:
        """Put a challenge, or ask for consent to that first."""
        agreed = request.form.get(FIELD, "" if "shown" in request.form else None)
        try:
            agree = self._offering.begin(handle, visit(self._browser), agreed)
        except TooManyQuestions as many:
            return self._no_more(handle, many)
        if agree is None:
            return redirect(page(handle), 303)
        return _asking(handle, agree), 422 if agree.error else 200

    def look(self, handle: str) -> Response | str:
        """Show what is to be said in the chat; once it was, the login goes on."""
        shown = self._offering.look(handle, visit(self._browser))
        if shown is None:
            return redirect(f"/login/{handle}", 303)
        return _shown(handle, shown, shown.said.error)

    def status(self, handle: str) -> Response:
        """Say whether the page shows something else by now: for the script that looks."""
        shown = self._offering.look(handle, visit(self._browser))
        return jsonify(request=shown.mark if shown else "")

    def _no_more(self, handle: str, why: TooManyQuestions) -> Page:
        """Say so beside what was asked last, from where there are other ways."""
        shown = self._offering.look(handle, visit(self._browser))
        if shown is None:
            raise why
        return _shown(handle, shown, why.public), why.status, {"Retry-After": str(why.retry_after)}


def _shown(handle: str, shown: Shown, error: Text | None) -> str:
    show_for(shown.client.id)
    return render_template("voice_note.html", login=handle, shown=shown, error=error)


def _asking(handle: str, agree: Agree) -> str:
    show_for(agree.client.id)
    said = [translate(point) for point in agree.points]
    return render_template(
        "voice_note_agree.html", login=handle, agree=agree, said=said, error=agree.error
    )
