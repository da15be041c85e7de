"""The chatbot's backend: checks every access token offline and says which message needs more proof.

What it checks with is the kit in `examples/resource-server`; a chatbot with DPoP or several
resources uses the same.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request

sys.path.append(str(Path(__file__).resolve().parents[1] / "resource-server"))

from resource_server.guard import MESSAGE, Call, Demand, Guard, Refused
from resource_server.spent import Spent
from resource_server.verifier import Verifier

SMALL_TALK = Demand()
TRANSFER = Demand(acr="mfa", max_age=300)


@dataclass(frozen=True)
class Reply:
    """What the backend answers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Backend:
    """Answers messages of people whose token says enough about how they logged in."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def message(self, authorization: str, text: str) -> Reply:
        """Answer one message, or 401 with what is missing (RFC 6750, RFC 9470)."""
        call = Call("POST", "/api/messages", [authorization])
        try:
            self._guard.admit(call, demand(text), text)
        except Refused as refused:
            challenge = {"WWW-Authenticate": refused.challenges[0]}
            return Reply(refused.status, {"error": "unauthorized"}, challenge)
        return Reply(200, {"reply": answer(text)})


def guarding(issuer: str, audience: str, spent: str) -> Guard:
    """Return what checks tokens for one audience; `spent` is the file of what may come once."""
    return Guard(Verifier(issuer, audience), Spent(spent))


def demand(text: str) -> Demand:
    """Return what a message needs: a transfer a recent login, a signature a proof of its own."""
    if text.lower().startswith("sign"):
        return MESSAGE
    return TRANSFER if text.lower().startswith("transfer money") else SMALL_TALK


def answer(text: str) -> str:
    """Return what a very small bank clerk would say."""
    if text.lower().startswith("sign"):
        return f"Signed: “{text}”. (This is a demo, nobody is bound by it.)"
    if text.lower().startswith("transfer money"):
        return f"Done: “{text}”. (No money moved, this is a demo.)"
    if any(word in text.lower() for word in ("hello", "hi", "hey")):
        return "Hello! Ask me anything, or say “transfer money to Bob”."
    return (
        "I only know small talk. To see step-up, say “transfer money to Bob”, "
        "or “sign the lease” to prove yourself for that message alone."
    )


def blueprint(backend: Backend) -> Blueprint:
    """Return the backend's own HTTP interface: POST /api/messages {"text": ...}."""
    api = Blueprint("backend", __name__)

    @api.post("/api/messages")
    def messages() -> Response:
        sent = request.get_json(silent=True)
        text = sent.get("text") if isinstance(sent, dict) else None
        if not isinstance(text, str):
            return Response(status=400)
        reply = backend.message(request.headers.get("Authorization", ""), text)
        response = jsonify(reply.body)
        response.status_code = reply.status
        response.headers.update(reply.headers)
        return response

    return api
