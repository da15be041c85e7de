"""Policy: which factors are on, how long things live, how often things may be tried."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Action, Listing, Offer, Page, Section

SECTION = Section(
    Page(
        name="policy",
        title=Text("Policy"),
        listings=(
            Listing(
                "policy.get",
                Text("What holds, and who says so"),
                ("name", "value", "origin", "environment", "meaning"),
            ),
            Listing(
                "policy.history",
                Text("Who changed it, the newest first"),
                ("version", "changed_at", "username", "changed_by", "edits"),
            ),
        ),
        offers=(Offer("policy.put"),),
    ),
    (
        Action(
            "policy.put",
            Text("Change the policy"),
            back="/policy",
            done=Text("It holds everywhere within seconds."),
            begins="policy.get",
            warning=Text(
                "What is left empty holds as the environment says, whose value stands there in "
                "grey. A policy that nobody could come in by any more is refused."
            ),
        ),
    ),
)
