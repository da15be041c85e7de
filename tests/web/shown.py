"""Every page in each of its states, with what its view gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from contracts.factor import Ask
from contracts.text import Text
from tests.web import shown_account, shown_admin, shown_recovery
from tests.web.made_up import ASKS, BANK, NOW, SAID, WRONG, asked


def challenge(*asks: Ask, error: Text | None = None, **context: Any) -> dict[str, Any]:
    return {
        "asked": asked(*asks, error=error, steps=3),
        "action": "/login/handle/answer",
        "cancel": "/login/handle/cancel",
        "back": "/login/handle/factor",
        "client_name": "Bank",
        "enrolling": False,
        **context,
    }


REMEMBER = Ask("signal", "device-signal", Text("Told"), {"name": "ada", "keys": [], "days": 30})
ALLOWED = SimpleNamespace(
    action="/decide?sid=sid",
    client_name="<b>Bank</b>",
    scopes=[("openid", Text("Know that it is you"))],
    details=(),
    resources=["The library"],
    lifetime=300,
    for_one_message=False,
    stranger=SimpleNamespace(host="bank.example", local=True),
)
DEVICE = SimpleNamespace(id="d", here=True, created_at=NOW)


def waiting(**changes: Any) -> SimpleNamespace:
    asked_for = SimpleNamespace(binding_message="<b>Bank</b>", choices=("10", "47", "99"))
    known = {"path": "/requests/r", "asked_at": NOW, "lifetime": 120, "matched": False}
    client = SimpleNamespace(name="<b>Bank</b>")
    return SimpleNamespace(client=client, request=asked_for, **{**known, **changes})


def voice_note(
    *, waits: bool = True, taken: bool = False, error: Text | None = None
) -> tuple[str, dict[str, Any]]:
    said = SimpleNamespace(words=list("428170"), asked={"language": "en"})
    known = {"client": BANK, "said": said, "seconds": 47, "mark": "1.open", "waits": waits}
    shown = SimpleNamespace(**known, taken=taken)
    return "voice_note.html", {"login": "l", "shown": shown, "error": error}


def requests(**changes: Any) -> tuple[str, dict[str, Any]]:
    known = {"waiting": None, "here": True, "devices": [DEVICE]}
    overview = SimpleNamespace(**{**known, **changes})
    return "requests.html", {"overview": overview, "watched": "r"}


OPTIONS = [
    {"factor": "totp", "credential": "", "title": Text("App"), "label": "", "enrol": False},
    {"factor": "otp", "credential": "7", "title": Text("Code"), "label": "a*", "enrol": True},
]
LOGIN: dict[str, Any] = {"login": "handle", "client_name": "Bank"}
BRANDED = {
    "look": SimpleNamespace(
        name="Bank of <b>Elm</b>",
        logo="/static/logo.svg",
        stylesheets=(),
        wall={"light": "#3b0f2c", "dark": "#2a0b20"},
    ),
    "says": {"intro": "Welcome.", "help": "Call 555 0100.", "footer": "<i>1 Elm Street</i>"},
}
CONSENT = {
    "client_name": "Bank",
    "redirect_host": "bank.example",
    "scopes": [("openid", Text("Know you"))],
    "action": "/oauth/authorize/handle",
    "lifetime": 300,
}
SEEN = SimpleNamespace(text="Pay <b>Bob</b>", unseen=False)
UNSEEN = SimpleNamespace(text="U+202E", unseen=True)
MESSAGE = SimpleNamespace(title=Text("This message"), message=[SEEN, UNSEEN], rows=[])
PAYMENT = SimpleNamespace(title=Text("Pay"), message=[], rows=[(Text("To"), [SEEN, UNSEEN])])


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": (
        "login.html",
        {**LOGIN, "hint": "", "fixed": False, "error": None, "passkey": "webauthn"},
    ),
    "login branded": (
        "login.html",
        {**LOGIN, "hint": "", "fixed": False, "error": None, "passkey": "webauthn"} | BRANDED,
    ),
    "login by passkey alone": (
        "login.html",
        {**LOGIN, "hint": "", "fixed": False, "error": None, "passkey": "webauthn"}
        | {"passkey_alone": True},
    ),
    "login again": (
        "login.html",
        {**LOGIN, "hint": "ada", "fixed": True, "error": WRONG, "passkey": ""},
    ),
    "choose": ("choose.html", {**LOGIN, "options": OPTIONS, "error": None}),
    "choose again": ("choose.html", {**LOGIN, "options": OPTIONS[:1], "error": WRONG}),
    "choose or go on": ("choose.html", {**LOGIN, "options": OPTIONS, "optional": True}),
    "choose nothing": ("choose.html", {**LOGIN, "options": [], "error": None}),
    "choose the chat": (
        "choose.html",
        {**LOGIN, "options": OPTIONS, "error": None, "elsewhere": "/login/l/note"},
    ),
    "voice note": voice_note(),
    "voice note again": voice_note(error=WRONG),
    "voice note over": voice_note(waits=False),
    "voice note taken": voice_note(waits=False, taken=True),
    "voice note refused": voice_note(waits=False, error=WRONG),
    "voice note consent": (
        "voice_note_agree.html",
        {
            "login": "l",
            "agree": SimpleNamespace(client=BANK, version="1"),
            "error": None,
            "said": SAID,
        },
    ),
    "consent": ("consent.html", CONSENT),
    "held": (
        "held.html",
        {"where": "https://bot.example/?error=x", "parameters": (), "redirect_host": "bot.example"},
    ),
    "consent to details": (
        "consent.html",
        {**CONSENT, "details": [PAYMENT, PAYMENT], "resources": ["Bank", "Library"]},
    ),
    "consent to a message": (
        "consent.html",
        {**CONSENT, "scopes": [], "details": [MESSAGE], "for_one_message": True},
    ),
    "set up": ("admin/setup.html", {"error": None}),
    "set up again": ("admin/setup.html", {"error": WRONG}),
    "device": ("device.html", {"user_code": "", "error": None}),
    "device again": ("device.html", {"user_code": "BBBB-BBBB", "error": WRONG}),
    "device shown": ("device_confirm.html", {"code": "BCDF-GHJK", "asked": ALLOWED}),
    "requests nowhere": requests(here=False, devices=[]),
    "requests here": requests(),
    "request": requests(waiting=waiting()),
    "request matched": requests(waiting=waiting(matched=True)),
    "request shown": ("request_confirm.html", {"waiting": waiting(), "asked": ALLOWED}),
    **{
        name: (
            "decided.html",
            {"decided": SimpleNamespace(allowed=allowed, client_name="<b>Bank</b>", back="/")},
        )
        for name, allowed in (("allowed", True), ("denied", False))
    },
    "log out": (
        "logout.html",
        {
            "username": "ada",
            "client_name": "<b>Bank</b>",
            "action": "/logout",
            "sent": [("a", "b")],
        },
    ),
    "logged out": ("signed_out.html", {"back": None, "frames": ["/frame"]}),
    "logged out of a client": (
        "signed_out.html",
        {"back": "https://bank.example/", "client_name": "<b>Bank</b>", "frames": []},
    ),
    **{
        f"select an account, {fits}": (
            "select_account.html",
            {**LOGIN, "username": "ada", "fits": fits, "action": "/select", "cancel": "/cancel"},
        )
        for fits in (True, False)
    },
    "login with work": (
        "login.html",
        {
            **LOGIN,
            "hint": "",
            "fixed": False,
            "error": WRONG,
            "passkey": "webauthn",
            "puzzle": SimpleNamespace(challenge="AA", bits=1, seconds=3),
        },
    ),
    "ticket": ("ticket.html", {"error": None}),
    "ticket again": ("ticket.html", {"error": WRONG}),
    "message": ("message.html", {"title": Text("Stop"), "text": WRONG, "status": 410}),
    "message with reference": (
        "message.html",
        {"title": Text("Stop"), "text": WRONG, "status": 500, "reference": "7f3a"},
    ),
    "kiosk ticket": ("kiosk.html", {"step": "ticket", "error": WRONG}),
    "kiosk consent": (
        "kiosk.html",
        {"step": "agree", "asked": asked(ASKS["consent"], error=WRONG), "level": None},
    ),
    "kiosk capture": (
        "kiosk.html",
        {"step": "capture", "asked": asked(ASKS["voice"], error=WRONG), "level": 0.4},
    ),
    "kiosk first capture": (
        "kiosk.html",
        {"step": "capture", "asked": asked(ASKS["voice"]), "level": None},
    ),
    "kiosk done": ("kiosk.html", {"step": "done"}),
    "kiosk error": ("kiosk.html", {"step": "error", "error": WRONG}),
    "a code and a browser to remember": (
        "challenge.html",
        challenge(ASKS["code"], remember=REMEMBER, signature="/login/handle/signature"),
    ),
    "enrolling a voice": ("challenge.html", challenge(ASKS["voice"], enrolling=True)),
    "nowhere else to go": ("challenge.html", challenge(ASKS["code"], back=None, cancel=None)),
    "an app": ("challenge.html", challenge(ASKS["qr"], ASKS["code"], enrolling=True)),
    **{
        f"{name}{' again' if error else ''}": ("challenge.html", challenge(ask, error=error))
        for name, ask in ASKS.items()
        for error in (None, WRONG)
    },
    **shown_account.PAGES,
    **shown_recovery.PAGES,
    **shown_admin.PAGES,
}

FOREIGN: dict[str, tuple[str, dict[str, Any]]] = {
    "form post": (
        "form_post.html",
        {"action": "https://bank.example/", "parameters": [("code", "c")]},
    ),
    "held form": (
        "held.html",
        {
            "where": "https://bot.example/",
            "parameters": [("error", "x")],
            "redirect_host": "bot.example",
        },
    ),
}
"""Pages whose form goes to a client and has no token of ours."""
