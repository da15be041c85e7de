"""Every page in each of its states, with what its view gives it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from contracts.factor import Ask
from contracts.text import Text
from tests.web import shown_admin

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WRONG = Text("Wrong after %(tries)d tries.", {"tries": 3})
SEED = base64.b32encode(bytes(20)).decode()


def asked(*asks: Ask, error: Text | None = None, steps: int = 1) -> SimpleNamespace:
    return SimpleNamespace(
        handle="handle", title=Text("A factor"), asks=asks, step=1, steps=steps, error=error
    )


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


ASKS = {
    "text": Ask("address", "text", Text("Address"), {"value": "ada@example.org"}),
    "optional": Ask("label", "text", Text("Name"), {"optional": True}),
    "email": Ask("address", "email", Text("Address")),
    "tel": Ask("phone", "tel", Text("Phone")),
    "password": Ask("password", "password", Text("New"), {"autocomplete": "new-password"}),
    "code": Ask("code", "code", Text("Code")),
    "codes": Ask("codes", "codes", Text("Keep"), {"codes": ["ABC-DEF"], "username": "ada"}),
    "qr": Ask(
        "qr",
        "qr",
        Text("Scan"),
        {"svg": "data:image/svg+xml,x", "uri": "otpauth://totp/a", "secret": SEED},
    ),
    "passkey-create": Ask("credential", "passkey-create", Text("Create"), {"challenge": "AA"}),
    "passkey-get": Ask("credential", "passkey-get", Text("Use"), {"challenge": "AA"}),
    "consent": Ask(
        "consent",
        "consent",
        Text("I agree"),
        {"version": "1", "points": ["<b>First</b>", "Second"]},
    ),
    "voice": Ask("sample", "voice", Text("Read"), {"phrase": "Seven quiet boats", "seconds": 8}),
    "spoken digits": Ask(
        "sample",
        "voice",
        Text("Say the digits"),
        {"digits": "428170", "language": "en", "lead_ms": 700},
    ),
    "palm": Ask("palm", "palm", Text("Hold out your hand"), {"side": "it's left"}),
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


BANK = SimpleNamespace(id="bank", name="<b>Bank</b>")
SAID = ["It hands on what you say.", "It may keep it."]


def voice_note(
    *, waits: bool = True, taken: bool = False, error: Text | None = None
) -> tuple[str, dict[str, Any]]:
    said = SimpleNamespace(words=list("428170"), asked={"language": "en"})
    known = {"client": BANK, "said": said, "seconds": 47, "mark": "1.open", "waits": waits}
    shown = SimpleNamespace(**known, taken=taken)
    return "voice_note.html", {"login": "l", "shown": shown, "error": error}


def chat(since: datetime | None) -> SimpleNamespace:
    return SimpleNamespace(client_id="bank", name="<b>Bank</b>", since=since)


def requests(**changes: Any) -> tuple[str, dict[str, Any]]:
    known = {"waiting": None, "here": True, "devices": [DEVICE]}
    overview = SimpleNamespace(**{**known, **changes})
    return "requests.html", {"overview": overview, "watched": "r"}


OPTIONS = [
    {"factor": "totp", "credential": "", "title": Text("App"), "label": "", "enrol": False},
    {"factor": "otp", "credential": "7", "title": Text("Code"), "label": "a*", "enrol": True},
]
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
RECOVERY = SimpleNamespace(started_by="", ready_at=NOW)

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
    "home": ("home.html", {"account": None}),
    "home of an account": ("home.html", {"account": ACCOUNT}),
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
    "voice notes": (
        "account_voice_notes.html",
        {"chats": [chat(NOW), chat(None)], "notice": Text("Withdrawn.")},
    ),
    "voice notes, none": ("account_voice_notes.html", {"chats": [], "notice": None}),
    "voice notes of one": (
        "account_voice_note.html",
        {"client": BANK, "version": 1, "said": SAID, "error": WRONG},
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
    "set up": ("admin/setup.html", {"error": None}),
    "set up again": ("admin/setup.html", {"error": WRONG}),
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
