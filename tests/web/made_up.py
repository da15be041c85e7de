"""What is made up for pages of several kinds."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from types import SimpleNamespace

from contracts.factor import Ask
from contracts.text import Text

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WRONG = Text("Wrong after %(tries)d tries.", {"tries": 3})
SEED = base64.b32encode(bytes(20)).decode()


def asked(*asks: Ask, error: Text | None = None, steps: int = 1) -> SimpleNamespace:
    return SimpleNamespace(
        handle="handle", title=Text("A factor"), asks=asks, step=1, steps=steps, error=error
    )


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
BANK = SimpleNamespace(id="bank", name="<b>Bank</b>")
SAID = ["It hands on what you say.", "It may keep it."]
