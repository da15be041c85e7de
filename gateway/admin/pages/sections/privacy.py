"""Privacy: who was erased, and what is kept of people at all."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="privacy",
        title=Text("Privacy"),
        listings=(
            Listing(
                "erasures.list",
                Text("People who were erased, by number"),
                ("pseudonym", "asked_at", "erased_at"),
                link="/privacy/{pseudonym}",
            ),
        ),
        offers=(Offer("privacy.report"),),
        item=Page(
            name="erasure",
            title=Text("Erasure"),
            facts=Facts(
                "erasures.proof",
                ("asked_at", "erased_at", "proof"),
                member="pseudonym",
                name="pseudonym",
            ),
        ),
    ),
    (
        Action(
            "privacy.report",
            Text("Make the record of processing"),
            back="/privacy",
            tells=(
                "controller",
                "contact",
                "service",
                "issuer",
                "made_at",
                "purposes",
                "data",
                "measured",
                "recipients",
                "measures",
            ),
        ),
    ),
)
