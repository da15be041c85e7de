"""Kiosks, at which people enrol."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="kiosks",
        title=Text("Kiosks"),
        intro=Text("Issue a ticket for a kiosk on the page of the person whom it is for."),
        listings=(
            Listing(
                "stations.list",
                Text("Kiosks by name"),
                ("name", "state", "created_at", "last_seen_at", "revoked_at"),
                offers=(Offer("stations.revoke", {"station": "id"}, unless="revoked_at"),),
            ),
        ),
        offers=(Offer("stations.add"),),
    ),
    (
        Action(
            "stations.add",
            Text("Register a kiosk"),
            back="/kiosks",
            tells=("pairing_code", "valid_until"),
        ),
        Action(
            "stations.revoke",
            Text("Believe it no more"),
            back="/kiosks",
            warning=Text("What it uploads is refused from now on."),
            danger=True,
        ),
    ),
)
