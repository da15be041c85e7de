"""The pages of an account in each of their states."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from contracts.text import Text
from tests.web.made_up import BANK, NOW, SAID, WRONG


def chat(since: datetime | None) -> SimpleNamespace:
    return SimpleNamespace(client_id="bank", name="<b>Bank</b>", since=since)


ACCOUNT = SimpleNamespace(username="ada", email="ada@example.org")
CREDENTIAL = SimpleNamespace(
    id="1",
    title=Text("Voice"),
    label="Desk",
    created_at=NOW,
    last_used_at=NOW,
    disabled_at=NOW,
    virtual=True,
    last_used_from="203.0.113.7",
    nameable=True,
    consent="voice",
    consented=False,
    learning=True,
)
WORDING = SimpleNamespace(factor="voice", title=Text("Voice"), version="1", given=False)
SESSIONS = [
    SimpleNamespace(
        sid=f"s{here}",
        created_at=NOW,
        last_used_at=NOW,
        device=Text("Chrome on Android"),
        address="203.0.113.7",
        let_in=["<b>Bank</b>", "Library"],
        here=here,
    )
    for here in (True, False)
]
APPLICATION = SimpleNamespace(client_id="bank", name="<b>Bank</b>", since=NOW, until=NOW)
ENTRIES = [
    SimpleNamespace(
        at=NOW,
        words=Text("You logged in"),
        factor=Text("Passkey"),
        application="<b>Bank</b>",
        address="203.0.113.7",
        device=Text("Chrome on Android"),
    )
]
RECOVERY = SimpleNamespace(started_by="", ready_at=NOW)


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "home": ("home.html", {"account": None}),
    "home of an account": ("home.html", {"account": ACCOUNT}),
    "voice notes": (
        "account_voice_notes.html",
        {"chats": [chat(NOW), chat(None)], "notice": Text("Withdrawn.")},
    ),
    "voice notes, none": ("account_voice_notes.html", {"chats": [], "notice": None}),
    "voice notes of one": (
        "account_voice_note.html",
        {"client": BANK, "version": 1, "said": SAID, "error": WRONG},
    ),
    "account": (
        "account.html",
        {
            "account": ACCOUNT,
            "credentials": [CREDENTIAL],
            "addable": [{"factor": "totp", "title": Text("App")}],
            "notice": Text("Added."),
            "recovery": RECOVERY,
            "changed": True,
            "others": 1,
        },
    ),
    "new account": (
        "account.html",
        {"account": ACCOUNT, "credentials": [], "addable": [], "notice": None, "others": 0},
    ),
    "sessions": ("account_sessions.html", {"sessions": SESSIONS, "notice": Text("Ended.")}),
    "one session": ("account_sessions.html", {"sessions": SESSIONS[:1], "notice": None}),
    "applications": (
        "account_applications.html",
        {"applications": [(APPLICATION, [("openid", Text("Know you"))])], "notice": None},
    ),
    "no applications": ("account_applications.html", {"applications": [], "notice": None}),
    "history": (
        "account_history.html",
        {"page": SimpleNamespace(entries=ENTRIES, older=7), "first": False},
    ),
    "no history": (
        "account_history.html",
        {"page": SimpleNamespace(entries=[], older=None), "first": True},
    ),
    "data": ("account_data.html", {"username": "ada", "days": 7, "error": None}),
    "data again": ("account_data.html", {"username": "ada", "days": 1, "error": WRONG}),
    "consent to be measured": (
        "account_consent.html",
        {"wording": WORDING, "said": ["<b>First</b>", "Second"], "error": WRONG},
    ),
    "consent that was given": (
        "account_consent.html",
        {"wording": SimpleNamespace(**{**vars(WORDING), "given": True}), "said": ["First"]},
    ),
    "left": ("account_left.html", {"at": NOW}),
    "leaving": ("account_leaving.html", {"at": NOW}),
    "enroll": (
        "enroll.html",
        {
            "holdings": SimpleNamespace(
                account=ACCOUNT, addable=[{"factor": "totp", "title": Text("App"), "begins": True}]
            )
        },
    ),
    "enrolled": ("enrolled.html", {}),
}
