"""Webhooks: services that are told of what happens."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

ONE = "/webhooks/{webhook}"
IT = {"webhook": "id"}

SECTION = Section(
    Page(
        name="webhooks",
        title=Text("Webhooks"),
        listings=(
            Listing(
                "webhooks.list",
                Text("Services that are told of what happens"),
                ("url", "events", "active", "last_at", "last_status"),
                link="/webhooks/{id}",
            ),
        ),
        offers=(Offer("webhooks.add"),),
        item=Page(
            name="webhook",
            title=Text("Webhook"),
            facts=Facts(
                "webhooks.get",
                ("events", "active", "created_at", "created_by", "last_at", "last_status", "id"),
                member="webhook",
                name="url",
            ),
            offers=(
                Offer("webhooks.update", IT),
                Offer("webhooks.test", IT, when="active"),
                Offer("webhooks.renew", {**IT, "version": "version"}),
                Offer("webhooks.remove", IT),
            ),
            listings=(
                Listing(
                    "webhooks.deliveries",
                    Text("The last calls, the newest first"),
                    ("at", "type", "attempt", "status", "event"),
                    given=IT,
                ),
            ),
        ),
    ),
    (
        Action("webhooks.add", Text("Tell a service"), back="/webhooks", tells=("url", "secret")),
        Action("webhooks.update", Text("Change"), back=ONE, begins="webhooks.get"),
        Action(
            "webhooks.test",
            Text("Send a ping"),
            back=ONE,
            done=Text("It is on its way: look at the last calls in a moment."),
        ),
        Action(
            "webhooks.renew",
            Text("Sign with a new secret"),
            back=ONE,
            warning=Text("The secret before it signs nothing any more."),
            danger=True,
            tells=("url", "secret"),
        ),
        Action(
            "webhooks.remove",
            Text("Remove"),
            back="/webhooks",
            warning=Text("What still waits for it is not sent."),
            danger=True,
        ),
    ),
)
