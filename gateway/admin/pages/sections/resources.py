"""Protected resources: the APIs and tools that tokens can be meant for."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

ONE = "/resources/{uri}"
IT = {"uri": "uri"}

SECTION = Section(
    Page(
        name="resources",
        title=Text("Resources"),
        listings=(
            Listing(
                "resources.list",
                Text("Resources by indicator"),
                ("uri", "name", "scope", "open", "created_at"),
                link=ONE,
                filters=True,
            ),
        ),
        offers=(Offer("resources.add"),),
        item=Page(
            name="resource",
            title=Text("Resource"),
            facts=Facts("resources.get", member="uri", name="name"),
            offers=(Offer("resources.update", IT), Offer("resources.remove", IT)),
        ),
    ),
    (
        Action("resources.add", Text("Register a resource"), back=ONE),
        Action("resources.update", Text("Change"), back=ONE, begins="resources.get"),
        Action(
            "resources.remove",
            Text("Remove"),
            back="/resources",
            warning=Text("Nobody gets a token for it any more."),
            danger=True,
        ),
    ),
)
