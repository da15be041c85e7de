"""The account page about the chats in which a person may answer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.text import Text
from enrollment.agreeing import FIELD, NEEDED
from gateway.login.visitor import BrowserVisitor
from gateway.voice_notes.consent import VERSION, ChatConsents, points
from web.pages import translate

CHATS = "/account/voice-notes"
NOTICES = {
    "agreed": Text("Thank you. You can answer there from now on."),
    "withdrawn": Text("Withdrawn. It can hand on nothing of yours any more."),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the page is built from."""

    consents: ChatConsents
    visitor: BrowserVisitor


def blueprint(parts: Parts) -> Blueprint:
    """Return the page."""
    pages, views = Blueprint("chats", __name__), Views(parts)
    pages.add_url_rule(CHATS, view_func=views.show)
    pages.add_url_rule(f"{CHATS}/agree", view_func=views.read)
    pages.add_url_rule(f"{CHATS}/agree", "agree", views.agree, methods=["POST"])
    pages.add_url_rule(f"{CHATS}/withdraw", view_func=views.withdraw, methods=["POST"])
    return pages


class Views:
    """The page."""

    def __init__(self, parts: Parts) -> None:
        self._consents = parts.consents
        self._visitor = parts.visitor

    def show(self) -> str:
        """List the chats."""
        chats = self._consents.chats(self._visitor.logged_in(CHATS).subject)
        notice = next((text for name, text in NOTICES.items() if name in request.args), None)
        return render_template("account_voice_notes.html", chats=chats, notice=notice)

    def read(self) -> str:
        """Show what somebody would agree to."""
        self._visitor.logged_in(CHATS)
        return self._wording(request.args.get("client", ""))

    def agree(self) -> Response | tuple[str, int]:
        """Take the person's consent, to the very words that they were shown."""
        who, client_id = self._visitor.enroller(CHATS), request.form.get("client", "")
        if not self._consents.agree(who.account_id, client_id, request.form.get(FIELD, "")):
            return self._wording(client_id, NEEDED), 422
        return redirect(f"{CHATS}?agreed=1", 303)

    def withdraw(self) -> Response:
        """Take it back."""
        here = self._visitor.logged_in(CHATS)
        self._consents.withdraw(here.subject, request.form.get("client", ""))
        return redirect(f"{CHATS}?withdrawn=1", 303)

    def _wording(self, client_id: str, error: Text | None = None) -> str:
        client = self._consents.client(client_id)
        said = [translate(point) for point in points(client)]
        return render_template(
            "account_voice_note.html", client=client, version=VERSION, said=said, error=error
        )
