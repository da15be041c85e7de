"""`message`: a person proves themselves for one message, and the token says for which.

The text is shown in full and then forgotten: the grant and its token carry only its hash. The token
lives seconds, serves once, and never comes with a refresh token.

Every proof is made after the message has come, that of the first factor too: what was proven
earlier, in a session that may since have been left open or stolen, says nothing of this message.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Any

from contracts.text import Text
from gateway.oidc.jws import encoded
from gateway.oidc.resources.types.type import Detail, Shown
from gateway.oidc.resources.visible import pieces

LONGEST = 2000
MOST_LINES = 100
TITLE = Text("This message, and no other")


class Message:
    """`{"type": "message", "message": "..."}`."""

    name = "message"

    def check(self, detail: Detail) -> None:
        """Raise ValueError for anything but a text that can be shown in full."""
        text = detail.get("message")
        if set(detail) != {"type", "message"} or not isinstance(text, str):
            raise ValueError("A message has the members type and message.")
        if not text.strip() or len(text) > LONGEST or text.count("\n") >= MOST_LINES:
            raise ValueError("The message is empty or too long.")
        if any(unicodedata.category(character) == "Cc" for character in _one_line(text)):
            raise ValueError("The message holds control characters.")

    def shown(self, detail: Detail) -> Shown:
        """Return the text, each character that hides or turns others made visible."""
        return Shown(TITLE, message=pieces(detail["message"]))

    def kept(self, detail: Detail) -> dict[str, Any]:
        """Return the hash of the text: SHA-256 of its UTF-8 form in base64url without padding."""
        hashed = encoded(hashlib.sha256(detail["message"].encode()).digest())
        return {"type": self.name, "message_hash": hashed, "message_hash_alg": "sha-256"}


def required_acr(policy: str) -> str:
    """Return a client's policy raised to two kinds of factors, whatever it is otherwise.

    `aal1` is all that lies below; fresh biometrics that the policy asks for are kept.
    """
    level, plus, biometrics = policy.partition("+")
    return f"mfa{plus}{biometrics}" if level == "aal1" else policy


def without_refresh(scope: str, details: Iterable[Detail]) -> str:
    """Leave `offline_access` out of the scope that comes with a message."""
    values = scope.split()
    if "offline_access" in values and is_for_one_message(details):
        values.remove("offline_access")
    return " ".join(values)


def is_for_one_message(details: Iterable[Detail]) -> bool:
    """Tell whether what these details allow is one message."""
    return any(detail["type"] == Message.name for detail in details)


def _one_line(text: str) -> str:
    """Leave out the line breaks and tabs that a text may have."""
    return text.replace("\r\n", "").replace("\n", "").replace("\t", "")
