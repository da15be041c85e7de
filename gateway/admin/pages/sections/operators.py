"""Who runs the house."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="operators",
        title=Text("Operators"),
        intro=Text("A role is given on the page of a person, who must have a passkey already."),
        listings=(
            Listing(
                "operators.list",
                Text("Who runs this service"),
                ("username", "role", "able", "granted_by", "granted_at"),
                link="/people/{person}",
                offers=(
                    Offer("operators.change", {"person": "person", "version": "version"}),
                    Offer("operators.withdraw", {"person": "person", "version": "version"}),
                ),
            ),
        ),
    ),
    (
        Action("operators.grant", Text("Give a role"), back="/operators"),
        Action("operators.change", Text("Give another role"), back="/operators"),
        Action(
            "operators.withdraw",
            Text("Take the role away"),
            back="/operators",
            warning=Text("It holds at once, whatever they are doing."),
            danger=True,
        ),
    ),
)
