"""Whom an event is about, as its receiver knows them (RFC 9493; Shared Signals 1.0, section 3)."""

from __future__ import annotations

from typing import Any

from gateway.oidc.clients.subject import Subjects
from store.clients import Client

LONGEST = 255


class Named:
    """Names people and their sessions to one client, and to no other."""

    def __init__(self, issuer: str, subjects: Subjects) -> None:
        self._issuer = issuer
        self._subjects = subjects

    def sub(self, client: Client, account_id: str) -> str:
        """Return what a client calls a person."""
        return self._subjects.of(client, account_id)

    def sub_id(self, client: Client, account_id: str, session: str = "") -> dict[str, Any]:
        """Return who it is about: a person, or a session of theirs."""
        sub = self._subjects.of(client, account_id)
        user = {"format": "iss_sub", "iss": self._issuer, "sub": sub}
        if not session:
            return user
        sid = self._subjects.session(client, session)
        return {"format": "complex", "user": user, "session": {"format": "opaque", "id": sid}}

    def read(self, subject: object) -> str:
        """Return the `sub` of a subject that a receiver names. Raises ValueError."""
        if not isinstance(subject, dict):
            raise ValueError("subject: an object")
        if subject.get("format") == "complex":
            return self.read(subject.get("user"))
        if subject.get("format") != "iss_sub" or subject.get("iss") != self._issuer:
            raise ValueError("subject: of the format iss_sub, and of this issuer")
        sub = subject.get("sub")
        if not isinstance(sub, str) or not 0 < len(sub) <= LONGEST:
            raise ValueError("subject: a sub")
        return sub


def of_stream(stream_id: str) -> dict[str, str]:
    """Return the subject of what is about a stream itself (section 8.1.4)."""
    return {"format": "opaque", "id": stream_id}
