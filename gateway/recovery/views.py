"""The pages of a recovery: each view parses, calls one step and shows what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from contracts.errors import BadRequest, Expired
from contracts.text import Text
from enrollment.outcomes import Asked
from enrollment.submission import read
from gateway.browser import Browser
from gateway.callers import caller
from gateway.limits.demand import Demand, Puzzle
from gateway.login.visitor import HOME, BrowserVisitor
from gateway.login.visits import visit
from gateway.recovery.claims import Claims
from gateway.recovery.service import Recoveries
from gateway.recovery.steps import Claimed, Opened, Recovered, Replace, Started, Walked, Ways
from gateway.recovery.walks import Walks

Page = Response | tuple[str, int] | tuple[str, int, dict[str, str]]
FIRST = "/recover"
LOGIN = re.compile(r"[A-Za-z0-9_-]{43}")
"""The handle of a login; whatever else is said leads nowhere."""

STOP_UNKNOWN = Text(
    "There is nothing to stop with this code. Look whether it is typed as it stands in the message."
)
STOPPED = Text("The recovery is stopped")
STOPPED_TEXT = Text(
    "Nothing was added to your account. If you did not begin the recovery, somebody knows two of "
    "the things you log in with: log in and change them."
)
RECOVERED = Text("It is done")
RECOVERED_TEXT = Text(
    "You can log in with what you have just set up. You were logged out everywhere."
)


def blueprint(
    walks: Walks,
    claims: Claims,
    recoveries: Recoveries,
    browser: Browser,
    visitor: BrowserVisitor,
    demand: Demand,
) -> Blueprint:
    """Return the pages of recoveries."""
    pages = Blueprint("recovery", __name__, url_prefix=FIRST)
    walk, claim = WalkViews(walks, browser, demand), ClaimViews(claims, browser)
    stop = StopViews(recoveries, visitor)
    pages.add_url_rule("", view_func=walk.first)
    pages.add_url_rule("", view_func=walk.begin, methods=["POST"])
    pages.add_url_rule("/show/<handle>", view_func=walk.show)
    for step in (walk.choose, walk.answer, walk.resend, walk.cancel):
        pages.add_url_rule(f"/show/<handle>/{step.__name__}", view_func=step, methods=["POST"])
    pages.add_url_rule("/claim", view_func=claim.ask_claim)
    pages.add_url_rule("/claim", view_func=claim.claim, methods=["POST"])
    pages.add_url_rule("/replace/<handle>", view_func=claim.replace)
    for added in (claim.add, claim.added):
        rule = f"/replace/<handle>/{added.__name__}"
        pages.add_url_rule(rule, view_func=added, methods=["POST"])
    pages.add_url_rule("/stop", view_func=stop.ask_stop)
    for ended in (stop.stop, stop.not_me, stop.not_needed):
        rule = f"/{ended.__name__.replace('_', '-')}"
        pages.add_url_rule(rule, view_func=ended, methods=["POST"])
    return pages


class WalkViews:
    """Showing what is left."""

    def __init__(self, walks: Walks, browser: Browser, demand: Demand) -> None:
        self._walks = walks
        self._browser = browser
        self._demand = demand

    def first(self) -> Page:
        """Ask for the name."""
        who = visit(self._browser)
        return _first(_login(request.args), "", self._demand.asked(who.source, who.browser))

    def begin(self) -> Page:
        """Take a name."""
        login, username = _login(request.form), request.form.get("username", "")
        who = visit(self._browser)
        if puzzle := self._demand.unpaid(who.source, who.browser, request.form):
            return _first(login, username, puzzle, puzzle.error, 429)
        try:
            handle = self._walks.begin(who, username, login)
        except BadRequest as refused:
            puzzle = self._demand.asked(who.source, who.browser)
            return _first(login, username, puzzle, refused.public, refused.status)
        return redirect(f"{FIRST}/show/{handle}", 303)

    def show(self, handle: str) -> Page:
        """Show what can be proven."""
        return _walked(handle, self._walks.show(handle, visit(self._browser)))

    def choose(self, handle: str) -> Page:
        """Begin to prove something."""
        factor, credential = request.form.get("factor", ""), request.form.get("credential", "")
        who = visit(self._browser)
        return _walked(handle, self._walks.choose(handle, who, factor, credential))

    def answer(self, handle: str) -> Page:
        """Take an answer."""
        ceremony, submission = request.form.get("ceremony", ""), read(request, "browser")
        who = visit(self._browser)
        return _walked(handle, self._walks.answer(handle, who, ceremony, submission))

    def resend(self, handle: str) -> Page:
        """Send a code anew."""
        ceremony, who = request.form.get("ceremony", ""), visit(self._browser)
        return _walked(handle, self._walks.resend(handle, who, ceremony))

    def cancel(self, handle: str) -> Page:
        """Go back to where they came from."""
        login = self._walks.cancel(handle, visit(self._browser))
        return redirect(f"/login/{login}" if login else "/", 303)


class ClaimViews:
    """Going on after the wait."""

    def __init__(self, claims: Claims, browser: Browser) -> None:
        self._claims = claims
        self._browser = browser

    def ask_claim(self) -> Page:
        """Ask for the code."""
        return render_template("recover_claim.html", error=None, ready_at=None), 200

    def claim(self) -> Page:
        """Take the code."""
        try:
            came = self._claims.claim(visit(self._browser), request.form.get("code", ""))
        except Expired as refused:
            page = render_template("recover_claim.html", error=refused.public, ready_at=None)
            return page, refused.status
        if isinstance(came, Opened):
            return redirect(f"{FIRST}/replace/{came.handle}", 303)
        return render_template("recover_claim.html", error=None, ready_at=came.ready_at), 200

    def replace(self, handle: str) -> Page:
        """Show what can be added."""
        return self._claimed(handle, self._claims.show(handle, visit(self._browser)))

    def add(self, handle: str) -> Page:
        """Begin to add a factor."""
        factor = request.form.get("factor", "")
        return self._claimed(handle, self._claims.begin(handle, visit(self._browser), factor))

    def added(self, handle: str) -> Page:
        """Take an answer."""
        ceremony, submission = request.form.get("ceremony", ""), read(request, "browser")
        who = visit(self._browser)
        return self._claimed(handle, self._claims.answer(handle, who, ceremony, submission))

    def _claimed(self, handle: str, step: Claimed) -> Page:
        here = f"{FIRST}/replace/{handle}"
        if isinstance(step, Recovered):
            return _message(RECOVERED, RECOVERED_TEXT), 200
        if isinstance(step, Replace):
            return render_template("recover_replace.html", here=here, offers=step.offers), 200
        return _challenge(step, here, "added"), step.status, step.waits


class StopViews:
    """Stopping a recovery: with the code of a message, or logged in."""

    def __init__(self, recoveries: Recoveries, visitor: BrowserVisitor) -> None:
        self._recoveries = recoveries
        self._visitor = visitor

    def ask_stop(self) -> Page:
        """Ask for the code; a script takes it from the address, which no server sees."""
        return render_template("recover_stop.html", error=None), 200

    def stop(self) -> Page:
        """Stop what the code stops."""
        if self._recoveries.stop(request.form.get("code", ""), caller().address):
            return _message(STOPPED, STOPPED_TEXT), 200
        return render_template("recover_stop.html", error=STOP_UNKNOWN), Expired.status

    def not_me(self) -> Page:
        """Stop what somebody else has begun, for a while."""
        account_id = self._visitor.logged_in().subject
        self._recoveries.stop_of(account_id, caller().address, "session")
        return redirect(HOME, 303)

    def not_needed(self) -> Page:
        """End one's own; whoever has everything their account has may begin another."""
        account_id = self._visitor.enroller().account_id
        self._recoveries.withdraw(account_id, caller().address)
        return redirect(HOME, 303)


def _login(said: Mapping[str, str]) -> str:
    login = said.get("login", "")
    return login if LOGIN.fullmatch(login) else ""


def _first(
    login: str, username: str, puzzle: Puzzle | None, error: Text | None = None, status: int = 200
) -> Page:
    page = render_template(
        "recover.html", login=login, username=username, puzzle=puzzle, error=error
    )
    return page, status


def _walked(handle: str, step: Walked) -> Page:
    here = f"{FIRST}/show/{handle}"
    match step:
        case Ways():
            page = render_template("recover_show.html", here=here, step=step, error=step.error)
            return page, step.status, step.waits
        case Started():
            return render_template("recover_started.html", started=step), 200
        case Asked():
            return _challenge(step, here, "answer"), step.status, step.waits


def _challenge(asked: Asked, here: str, action: str) -> str:
    return render_template(
        "challenge.html",
        asked=asked,
        action=f"{here}/{action}",
        resend=f"{here}/resend",
        back=here,
        cancel=None if asked.enrolling else f"{here}/cancel",
        enrolling=asked.enrolling,
        client_name="",
    )


def _message(title: Text, text: Text) -> str:
    return render_template("message.html", title=title, text=text, reference=None)
