"""The pages of people who make an account, or come back to one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from contracts.text import Text
from tests.web.made_up import ASKS, NOW, WRONG, asked

NAMING: dict[str, Any] = {
    "signup": "handle",
    "name": "ada",
    "ways": [
        {"factor": "webauthn", "title": Text("Passkey")},
        {"factor": "password", "title": Text("Password")},
    ],
    "client_name": "Bank",
    "error": None,
}
SHOWING: dict[str, Any] = {"here": "/recover/show/handle", "error": None}
WAYS = SimpleNamespace(
    first=True, offers=[SimpleNamespace(factor="otp", credential="", title=Text("Code"), label="")]
)
LABELLED = SimpleNamespace(factor="otp", credential="7", title=Text("Code"), label="a•••@x.org")
SECOND = SimpleNamespace(first=False, offers=[LABELLED])


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "recover": ("recover.html", {"login": "handle", "username": "", "error": None}),
    "recover again": ("recover.html", {"login": "", "username": "", "error": WRONG}),
    "recover show": ("recover_show.html", {**SHOWING, "step": WAYS}),
    "recover show again": (
        "recover_show.html",
        {**SHOWING, "step": SimpleNamespace(**vars(WAYS), error=WRONG), "error": WRONG},
    ),
    "recover second": ("recover_show.html", {**SHOWING, "step": SECOND}),
    "recover nothing": (
        "recover_show.html",
        {**SHOWING, "step": SimpleNamespace(first=False, offers=[])},
    ),
    "recover started": (
        "recover_started.html",
        {"started": SimpleNamespace(code="ABCDE-ABCDE-ABCDE-ABCDE", ready_at=NOW)},
    ),
    "recover claim": ("recover_claim.html", {"error": None, "ready_at": None}),
    "recover claim early": ("recover_claim.html", {"error": None, "ready_at": NOW}),
    "recover claim again": ("recover_claim.html", {"error": WRONG, "ready_at": None}),
    "recover replace": (
        "recover_replace.html",
        {"here": "/recover/replace/handle", "offers": WAYS.offers},
    ),
    "recover replace nothing": ("recover_replace.html", {"here": "/x", "offers": []}),
    "recover stop": ("recover_stop.html", {"error": None}),
    "recover stop again": ("recover_stop.html", {"error": WRONG}),
    "register": (
        "register.html",
        {"asked": asked(ASKS["text"], steps=4), "login": "handle", "client_name": "Bank"},
    ),
    "register again": (
        "register.html",
        {"asked": asked(ASKS["text"], error=WRONG, steps=4), "login": "", "client_name": ""},
    ),
    "register name": ("register_name.html", NAMING),
    "register name again": ("register_name.html", {**NAMING, "error": WRONG}),
}
