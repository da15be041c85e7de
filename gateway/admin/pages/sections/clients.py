"""Clients: the chatbots and backends that may ask for tokens."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

ONE = "/clients/{client_id}"
IT = {"client_id": "client_id"}
SECRET = Text("What it proves itself with now proves nothing any more.")
FIRST = (
    "client_id",
    "name",
    "public",
    "redirect_uris",
    "require_acr",
    "consent",
    "scope",
    "audience",
    "access_token_seconds",
)
SHOWN = (*FIRST, "token_exchange", "source", "created_at", "version")

ITEM = Page(
    name="client",
    title=Text("Client"),
    facts=Facts("clients.get", SHOWN, member="client_id", name="name", more=True),
    offers=(
        Offer("clients.update", IT),
        Offer("branding.put", IT),
        Offer("clients.rotate_secret", IT, unless="public"),
        Offer("clients.allow_exchange", IT),
        Offer("clients.forbid_exchange", IT, when="token_exchange"),
        Offer("clients.revoke_grants", IT),
        Offer("clients.remove", IT),
    ),
)

SECTION = Section(
    Page(
        name="clients",
        title=Text("Clients"),
        listings=(
            Listing(
                "clients.list",
                Text("Clients by id"),
                ("client_id", "name", "require_acr", "source", "created_at"),
                link=ONE,
                filters=True,
            ),
        ),
        offers=(Offer("clients.add"), Offer("clients.issue_token")),
        item=ITEM,
    ),
    (
        Action(
            "clients.add",
            Text("Register a client"),
            back=ONE,
            first=FIRST,
            tells=("client_id", "client_secret"),
        ),
        Action("clients.update", Text("Change"), back=ONE, begins="clients.get", first=FIRST),
        Action(
            "clients.rotate_secret",
            Text("Give it a new secret"),
            back=ONE,
            warning=SECRET,
            danger=True,
            tells=("client_id", "client_secret"),
        ),
        Action(
            "clients.revoke_grants",
            Text("End what was granted to it"),
            back=ONE,
            warning=Text("Its people log in anew."),
            danger=True,
        ),
        Action(
            "clients.remove",
            Text("Remove"),
            back="/clients",
            warning=Text("Whatever was granted to it is removed with it."),
            danger=True,
        ),
        Action("clients.allow_exchange", Text("Allow a token exchange"), back=ONE),
        Action("clients.forbid_exchange", Text("Forbid a token exchange"), back=ONE, danger=True),
        Action(
            "clients.issue_token",
            Text("Issue an initial access token"),
            back="/clients",
            warning=Text("Whoever holds it registers clients."),
            tells=("initial_access_token", "uses", "days"),
        ),
    ),
)
