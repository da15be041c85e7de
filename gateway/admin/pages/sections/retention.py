"""Retention: what is kept too long, and is deleted."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="retention",
        title=Text("Retention"),
        intro=Text("How long each kind is kept is a matter of the policy; 0 days are for ever."),
        listings=(
            Listing(
                "retention.preview",
                Text("What is kept too long by now"),
                ("name", "days", "due"),
            ),
        ),
        offers=(Offer("retention.run"),),
    ),
    (
        Action(
            "retention.run",
            Text("Delete it now"),
            back="/retention",
            done=Text("It is being deleted. Look again in a while."),
            warning=Text("The worker does this once a day in any case. Nobody can bring it back."),
            danger=True,
        ),
    ),
)
