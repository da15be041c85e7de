"""Recoveries of people who have lost a way to log in."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

HIS = {"person": "person"}
TOLD = ("approved", "claim", "ready_at", "addresses_told")

SECTION = Section(
    Page(
        name="recoveries",
        title=Text("Recoveries"),
        intro=Text("Begin a recovery on the page of the person whom it is for."),
        listings=(
            Listing(
                "recoveries.list",
                Text("Recoveries, the oldest first"),
                ("username", "state", "started_by", "approved_by", "created_at", "ready_at"),
                link="/people/{person}",
                offers=(
                    Offer("recoveries.approve", HIS, when="state=asked"),
                    Offer("recoveries.stop", HIS, unless="state=stopped"),
                ),
                filters=True,
            ),
        ),
    ),
    (
        Action(
            "recoveries.start",
            Text("Begin a recovery"),
            back="/people/{person}",
            warning=Text(
                "Do this where you are sure that it is they, as if you gave them a key. They are "
                "told at every address of theirs, and can stop it."
            ),
            kinds={"reason": "long"},
            tells=TOLD,
        ),
        Action(
            "recoveries.approve",
            Text("Approve"),
            back="/recoveries",
            warning=Text("You answer for it that it is they. The claim is for them alone."),
            tells=TOLD,
        ),
        Action(
            "recoveries.stop",
            Text("Stop the recovery"),
            back="/recoveries",
            warning=Text("Nothing can be added by it any more."),
            danger=True,
        ),
    ),
)
