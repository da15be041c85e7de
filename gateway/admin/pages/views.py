"""The admin pages over HTTP: each reads what was asked, asks for operations, shows what came."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response

from contracts.clock import Clock
from contracts.errors import GatehouseError, NotAllowed
from contracts.text import Text
from gateway.admin.desk import REFUSED, Desk
from gateway.admin.pages.doing import Doing, Filled
from gateway.admin.pages.governing import Governing
from gateway.admin.pages.looking import Looking
from gateway.admin.pages.overview import overview
from gateway.admin.pages.sections import ACTIONS, HOMES, SECTIONS
from gateway.admin.pages.shapes import Action, Page
from gateway.admin.pages.shown import Row, Showing, address, facts, further, shown
from gateway.admin.pages.tables import table
from gateway.admin.pages.values import SECRETS, word
from gateway.admin.pages.visit import Visit
from gateway.admin.reception import ADMIN, ENTER, Reception
from gateway.languages import OURS

FORMS: Mapping[str, type[Doing]] = {"policy.put": Governing, "branding.put": Looking}
"""Forms that are not those of a model."""


def blueprint(desk: Desk, reception: Reception, clock: Clock) -> Blueprint:
    """Return the admin pages."""
    pages, views = Blueprint("admin_pages", __name__), Views(desk, reception, clock)
    pages.add_url_rule(ADMIN, view_func=views.home)
    pages.add_url_rule(ENTER, view_func=views.enter)
    pages.add_url_rule(f"{ADMIN}/do/<name>", view_func=views.do, methods=["GET", "POST"])
    for page in SECTIONS.values():
        where = f"{ADMIN}/{page.name}"
        pages.add_url_rule(where, page.name, views.section, defaults={"name": page.name})
        if page.item:
            each = f"{where}/<path:key>"
            pages.add_url_rule(each, page.item.name, views.item, defaults={"name": page.name})
    return pages


class Views:
    """The admin pages."""

    def __init__(self, desk: Desk, reception: Reception, clock: Clock) -> None:
        self._desk = desk
        self._reception = reception
        self._clock = clock

    def home(self) -> str:
        """Show how things stand."""
        visit = self._visit()
        return self._render(
            visit, "admin/overview.html", "", stands=overview(visit, self._clock.now())
        )

    def enter(self) -> Response:
        """Go on after a login, where it was one with a passkey."""
        self._reception.entered()
        back = request.args.get("to", "")
        return redirect(back if OURS.fullmatch(back) else ADMIN, 303)

    def section(self, name: str) -> tuple[str, int]:
        """Show a section."""
        return self._page(SECTIONS[name], name)

    def item(self, name: str, key: str) -> tuple[str, int]:
        """Show one thing of a section."""
        return self._page(SECTIONS[name].item, name, key)

    def do(self, name: str) -> Response:
        """Show the form of an operation, and ask for it where the form was sent."""
        if name not in ACTIONS:
            abort(404)
        visit, action = self._visit(), ACTIONS[name]
        if request.method == "GET":
            _look(visit, name)
        if visit.may(name) and visit.operation(name).said.fresh:
            self._reception.admit_fresh(_here())
        doing = FORMS.get(name, Doing)(visit, action, request)
        if request.method == "GET":
            return self._form(visit, doing.begun(), 200)
        return self._done(visit, doing)

    def _done(self, visit: Visit, doing: Doing) -> Response:
        try:
            taken, given = doing.done()
        except GatehouseError as error:
            if not visit.may(doing.action.operation):
                raise
            return self._form(visit, doing.again(error), error.status)
        action, back = doing.action, address(doing.action.back, {**given, **taken})
        if action.download:
            return _handed_out(action, given)
        if not action.tells:
            return redirect(f"{back}?done={action.operation}", 303)
        told = [shown(name, given[name]) for name in action.tells]
        at = HOMES[action.operation]
        once = any(each.name in SECRETS and each.kind != "none" for each in told)
        return make_response(
            self._render(
                visit, "admin/done.html", at, action=action, told=told, back=back, once=once
            )
        )

    def _form(self, visit: Visit, filled: Filled, status: int) -> Response:
        name = filled.action.operation
        back = address(filled.action.back, dict(request.args))
        page = self._render(
            visit, "admin/form.html", HOMES[name], form=filled, error=filled.error, back=back
        )
        return make_response(page, status)

    def _page(self, page: Page | None, at: str, key: str = "") -> tuple[str, int]:
        visit = self._visit()
        if page is None:
            abort(404)
        _look(visit, page.opens_with)
        about = _about(visit, page, key)
        seen = [each for each in page.listings if visit.may(each.operation)]
        tables = [table(visit, each, about, request.args) for each in seen]
        wrong = next((each.error for each in tables if each.error), None)
        html = self._render(
            visit,
            "admin/page.html",
            at,
            page=page,
            name=about.get(page.facts.name) if page.facts else None,
            facts=facts(page.facts, about) if page.facts else (),
            further=further(page.facts, about) if page.facts else (),
            links=Showing(visit.may).links(page.offers, about),
            tables=tables,
            notice=_notice(),
            error=wrong,
        )
        return html, 400 if wrong else 200

    def _visit(self) -> Visit:
        """Let an operator in. A form that is sent too late is begun anew: nothing was done."""
        return Visit(self._reception.admit(_here()), self._desk)

    def _render(self, visit: Visit, template: str, at: str, **context: object) -> str:
        actor = visit.actor
        return render_template(
            template,
            menu=[page for page in SECTIONS.values() if visit.may(page.opens_with)],
            at=at,
            section=SECTIONS.get(at),
            actor=actor,
            role=word("role", actor.role),
            **context,
        )


def _look(visit: Visit, name: str) -> None:
    """Raise NotAllowed for whoever looks for what their role has no use for: nothing was tried."""
    if not visit.may(name):
        raise NotAllowed(REFUSED, detail=f"{visit.actor.role} looked for {name}")


def _about(visit: Visit, page: Page, key: str) -> Row:
    if page.facts is None:
        return {}
    return visit.call(page.facts.operation, {page.facts.member: key} if page.facts.member else {})


def _here() -> str:
    return iri_to_uri(request.full_path).removesuffix("?")


def _notice() -> Text | None:
    done = ACTIONS.get(request.args.get("done", ""))
    return done.done if done else None


def _handed_out(action: Action, given: Row) -> Response:
    text = given.get("lines") or json.dumps(given, default=str, ensure_ascii=False, indent=1)
    made = make_response(text)
    made.headers["Content-Type"] = "application/json"
    made.headers["Content-Disposition"] = f'attachment; filename="{action.download}"'
    return made
