"""The keys that sign tokens."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="keys",
        title=Text("Keys"),
        listings=(
            Listing(
                "keys.list",
                Text("Keys that sign tokens"),
                ("kid", "alg", "state", "signs_from", "retires_at"),
                offers=(Offer("keys.revoke", {"kid": "kid"}),),
            ),
        ),
        offers=(Offer("keys.rotate"),),
    ),
    (
        Action(
            "keys.rotate",
            Text("Publish the next keys"),
            back="/keys",
            warning=Text("They sign once every cached key set has them. Tokens stay valid."),
        ),
        Action(
            "keys.revoke",
            Text("Withdraw"),
            back="/keys",
            warning=Text(
                "Do this where strangers may hold the key: every token that it signed is refused."
            ),
            danger=True,
        ),
    ),
)
