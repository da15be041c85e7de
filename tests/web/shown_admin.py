"""The pages of operators in each of their states, with what their views give them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from contracts.text import Text
from gateway.admin.pages.doing import Filled
from gateway.admin.pages.fields import Field
from gateway.admin.pages.overview import Figure, Stands
from gateway.admin.pages.sections import SECTIONS
from gateway.admin.pages.shapes import Action, Listing, Page
from gateway.admin.pages.shown import Line, Link, shown
from gateway.admin.pages.tables import Table
from gateway.admin.pages.words import label
from tests.web.made_up import NOW, WRONG

LONG = "a.very.long.name.of.somebody.in.a.department@subsidiary.example.org"

PEOPLE = SECTIONS["people"]
KINDS = ("text", "long", "lines", "json", "number", "moment", "tick", "choice", "several", "file")
CHOICES = (("viewer", Text("viewer")), ("admin", Text("admin")))


def frame(**context: Any) -> dict[str, Any]:
    return {
        "menu": list(SECTIONS.values()),
        "at": "people",
        "section": PEOPLE,
        "actor": SimpleNamespace(name=LONG),
        "role": Text("admin"),
        **context,
    }


def field(kind: str, **more: Any) -> Field:
    name = f"{kind}_member"
    return Field(name, Text("A member"), "Why `it` is", kind, False, choices=CHOICES, **more)


def asked(**more: Any) -> dict[str, Any]:
    action = Action("people.add", Text("Add"), back="/people", warning=WRONG, danger=True)
    first = [field(kind, typed="admin") for kind in KINDS]
    about = [shown("username", "<b>Ada</b>")]
    known = {"more": [field("password", now="else")], "hidden": {"version": "3"}, **more}
    form = Filled(action, about, first, **known)
    return frame(form=form, error=form.error, back="/admin/people")


ROW = {"username": LONG, "email": None, "created_at": NOW, "disabled": True, "let_in": ["A", "B"]}
COLUMNS = tuple(ROW)


def table(**more: Any) -> Table:
    listing = Listing("people.list", Text("People"), COLUMNS)
    cells = [shown(name, value) for name, value in ROW.items()]
    links = [Link(Text("Keep out"), "/admin/do/x", danger=True), Link(Text("Look"), "/admin/do/y")]
    known = {
        "filters": [field("text"), field("choice")],
        "headings": [label(name) for name in COLUMNS],
        "adds": links,
        "lines": [Line(cells, "/admin/people/1", links), Line(cells, "", [])],
        "first": "?a=b",
        "next": "?after=x",
    }
    return Table(listing, **{**known, **more})


def page(shape: Page = PEOPLE, **more: Any) -> dict[str, Any]:
    known = {
        "page": shape,
        "name": None,
        "facts": (),
        "further": (),
        "links": [Link(Text("Add"), "/admin/do/people.add")],
        "tables": [table()],
        "notice": None,
        "error": None,
    }
    return frame(**{**known, **more})


DETAIL = shown("detail", {"changed": {"name": ["old", "new"]}, "none": None})

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "set up": ("admin/setup.html", {"error": None}),
    "set up again": ("admin/setup.html", {"error": WRONG}),
    "admin overview": (
        "admin/overview.html",
        frame(at="", stands=Stands([WRONG], [Figure(Text("People"), 50, True, "/admin/people")])),
    ),
    "admin list": ("admin/page.html", page()),
    "admin list again": (
        "admin/page.html",
        page(tables=[table(lines=(), error=WRONG)], error=WRONG),
    ),
    "admin item": (
        "admin/page.html",
        page(
            PEOPLE.item or PEOPLE,
            name=LONG,
            facts=[shown("email", "a@x.org"), DETAIL],
            further=[shown("created_at", NOW)],
            notice=Text("Done."),
            tables=[
                table(filters=(), first="", next=""),
                Table(Listing("sessions.list", Text("Sessions"), ("device",)), ()),
            ],
        ),
    ),
    "admin form": ("admin/form.html", asked()),
    "admin form again": ("admin/form.html", asked(error=WRONG, member="text_member")),
    "admin form, all of it again": ("admin/form.html", asked(error=WRONG)),
    "admin done": (
        "admin/done.html",
        frame(
            action=Action("tickets.issue", Text("Issue a ticket"), back="/people"),
            told=[shown("ticket", "x" * 60)],
            back="/admin/people",
            once=True,
        ),
    ),
}
