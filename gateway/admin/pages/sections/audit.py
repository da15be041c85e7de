"""The audit trail: searched, taken along, verified."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Facts, Listing, Offer, Page, Section

BACK = "/audit"

SECTION = Section(
    Page(
        name="audit",
        title=Text("Audit trail"),
        facts=Facts("audit.status", ("checkpoint", "signed_at", "waiting")),
        offers=(Offer("audit.verify"), Offer("audit.export"), Offer("audit.key")),
        listings=(
            Listing(
                "audit.search",
                Text("What happened, the newest first"),
                ("at", "event", "username", "actor_name", "client", "address", "detail"),
                filters=True,
            ),
        ),
    ),
    (
        Action(
            "audit.verify",
            Text("Verify the trail"),
            back=BACK,
            warning=Text("Every entry is looked at: this takes a while."),
            tells=(
                "whole",
                "first",
                "entries",
                "checkpoints",
                "anchors",
                "waiting",
                "pruned",
                "problems",
            ),
        ),
        Action(
            "audit.export",
            Text("Take entries along"),
            back=BACK,
            warning=Text(
                "The oldest come first. For more than 5000 entries use the command gatehouse audit "
                "export: it has no limit."
            ),
            leaves=frozenset({"after"}),
            download="audit.jsonl",
        ),
        Action(
            "audit.key",
            Text("Show the public key"),
            back=BACK,
            warning=Text("With it anybody can verify the signed checkpoints."),
            tells=("kty", "crv", "x", "kid", "alg"),
        ),
    ),
)
