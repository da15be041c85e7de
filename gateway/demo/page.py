"""The outbox's page: HTML for people, JSON for scripts, and the webhook of the phone messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

LARGEST = 100_000
HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Outbox</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3"><style>
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem }}
article {{ border: 1px solid #8886; border-radius: .75rem; padding: .75rem 1rem; margin: 1rem 0 }}
h2 {{ font-size: 1rem; margin: 0 }}
pre {{ white-space: pre-wrap; font: inherit; margin: .5rem 0 0 }}
time {{ opacity: .7 }}
</style></head><body><main><h1>Outbox</h1>
<p>What the gateway sent to e-mail addresses and phones, newest first. Nothing leaves this
machine, and nothing is kept when the demo ends.</p>
{messages}</main></body></html>"""
MESSAGE = """<article><h2>{to}</h2><p>{subject}</p><pre>{text}</pre>
<time datetime="{sent_at}">{channel}, {sent_at}</time></article>"""


class Receiver(Protocol):
    """What the page shows and what the webhook feeds."""

    def listed(self) -> list[dict[str, str]]:
        """Return all messages, in the order they were sent."""
        ...

    def post(self, signature: str, body: bytes) -> bool:
        """Take a signed phone message; False where it is not the gateway's."""
        ...


class Page(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def __init__(self, messages: Receiver, *connection: Any) -> None:  # noqa: ANN401 - the server's
        self._messages = messages
        super().__init__(*connection)

    def do_GET(self) -> None:
        """Show the messages."""
        listed = self._messages.listed()
        if self._wants_json():
            self._answer(HTTPStatus.OK, "application/json", json.dumps(listed))
        else:
            self._answer(HTTPStatus.OK, "text/html; charset=utf-8", page(listed[::-1]))

    def do_POST(self) -> None:
        """Take a phone message."""
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else 0
        body = self.rfile.read(min(size, LARGEST))
        taken = self._messages.post(self.headers.get("Gatehouse-Signature", ""), body)
        self._answer(HTTPStatus.NO_CONTENT if taken else HTTPStatus.FORBIDDEN, "text/plain", "")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the console belongs to the demo."""

    def _wants_json(self) -> bool:
        query = parse_qs(urlsplit(self.path).query)
        accepted = self.headers.get("Accept", "")
        return query.get("format") == ["json"] or "application/json" in accepted

    def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def page(listed: list[dict[str, str]]) -> str:
    """Render the messages as HTML."""
    shown = "".join(MESSAGE.format(**_escaped(message)) for message in listed)
    return HTML.format(messages=shown or "<p>Nothing yet.</p>")


def _escaped(message: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in message.items()}
