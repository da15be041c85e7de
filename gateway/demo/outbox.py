"""The demo's outbox: a mail server and a phone webhook that keep what they get in memory."""

from __future__ import annotations

import hmac
import json
import time
from collections import deque
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import partial
from http.server import ThreadingHTTPServer
from socket import create_server
from threading import Thread
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from gateway.demo.page import Page
from gateway.senders.webhook import sign

HOST = "127.0.0.1"
KEPT = 200
LARGEST = 100_000
RECENT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent."""

    to: str
    channel: str
    subject: str
    text: str
    sent_at: str


class Messages:
    """The newest messages, first the last; also the handler of the mail server."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._sent: deque[Sent] = deque(maxlen=KEPT)

    def listed(self) -> list[dict[str, str]]:
        """Return all messages as plain data, in the order they were sent."""
        return [asdict(sent) for sent in self._sent]

    def keep(self, to: str, channel: str, subject: str, text: str) -> None:
        """Keep one message."""
        self._sent.append(Sent(to, channel, subject, text, datetime.now(UTC).isoformat()))

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401
        """Take an e-mail, as the mail server calls it."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        body = mail.get_body(("plain",))
        text = str(body.get_content()).strip() if body else ""
        for to in envelope.rcpt_tos:
            self.keep(to, "email", str(mail["Subject"] or ""), text)
        return "250 OK"

    def post(self, signature: str, body: bytes) -> bool:
        """Take a phone message if the gateway signed it and just now."""
        parts = dict(part.partition("=")[::2] for part in signature.split(","))
        moment = parts.get("t", "")
        if not moment.isdecimal() or abs(time.time() - int(moment)) > RECENT_SECONDS:
            return False
        if not hmac.compare_digest(parts.get("v1", ""), sign(self._key, int(moment), body)):
            return False
        message = json.loads(body)
        self.keep(message["to"], message["channel"], "", message["text"])
        return True


class Outbox:
    """Listens for mail, for the webhook and for people, on this machine alone."""

    def __init__(self, port: int, key: bytes) -> None:
        self.messages = Messages(key)
        self.smtp_port = free_port()
        self._port = port
        self._open = ExitStack()

    def __enter__(self) -> Self:
        mail = Controller(
            self.messages, hostname=HOST, port=self.smtp_port, data_size_limit=LARGEST
        )
        web = ThreadingHTTPServer((HOST, self._port), partial(Page, self.messages))
        self._open.callback(web.server_close)
        mail.start()
        self._open.callback(mail.stop)
        Thread(target=web.serve_forever, name="outbox", daemon=True).start()
        self._open.callback(web.shutdown)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._open.close()


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
