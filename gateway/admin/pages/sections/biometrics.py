"""Biometrics: how often captures can be used, and why not."""

from __future__ import annotations

from contracts.text import Text
from gateway.admin.pages.shapes import Listing, Page, Section

SECTION = Section(
    Page(
        name="biometrics",
        title=Text("Biometrics"),
        intro=Text(
            "How often captures could not be used (failure to acquire), and how many people who "
            "tried could not be enrolled (failure to enrol), in the last 30 days. Where the trail "
            "has more than 10,000 entries of these, the newest count. Below: by what these factors "
            "can be deceived. Use none of them without another one."
        ),
        listings=(
            Listing(
                "biometrics.quality",
                Text("Captures and enrolments"),
                ("factor", "captures", "unused", "fta", "people", "not_enrolled", "fte"),
            ),
            Listing(
                "biometrics.refusals",
                Text("What was wrong with captures"),
                ("words", "factor", "purpose", "count", "share"),
            ),
            Listing(
                "biometrics.attacks",
                Text("Attacks that are not detected, the worst first"),
                ("words", "factor", "apcer", "apcer_upper", "tries"),
            ),
        ),
    ),
    (),
)
