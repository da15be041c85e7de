"""Event streams that clients made: whether they flow."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="streams",
        title=Text("Event streams"),
        intro=Text("Clients make these themselves, to hear of what happens to their people."),
        listings=(
            Listing(
                "streams.list",
                Text("Event streams of clients"),
                ("client", "method", "events", "status", "reason", "waiting", "created_at"),
                offers=(Offer("streams.set_status", {"stream": "id", "version": "version"}),),
            ),
        ),
    ),
    (
        Action(
            "streams.set_status",
            Text("Hold it, or let it flow"),
            back="/streams",
            warning=Text("Its client is told so."),
        ),
    ),
)
