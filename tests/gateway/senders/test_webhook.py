"""The phone webhook against a receiver that checks as the documentation says."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from contracts.errors import Misconfigured, Unavailable
from contracts.factor import Channel
from gateway.senders.webhook import WebhookSender
from tests.fakes.clock import FakeClock
from tests.serving import answering

SECRET = b"shared with the receiver"
OLDEST = 300


def verified(header: str, body: bytes, now: float) -> bool:
    """Check a call as a receiver does: the age first, then the signature in constant time."""
    parts = dict(part.split("=", 1) for part in header.split(","))
    if abs(now - int(parts["t"])) > OLDEST:
        return False
    expected = hmac.new(SECRET, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts["v1"])


class Receiver(ThreadingHTTPServer):
    """Keeps each call and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with answering(Receiver()) as server:
        yield server


def send(sender: WebhookSender) -> None:
    sender.send(to="+4915112345678", subject="", text="123456 ✓ Code", message_id="m-1")


def test_a_message_arrives_signed(receiver: Receiver, clock: FakeClock) -> None:
    sender = WebhookSender(f"{receiver.url}/sms?via=test", SECRET, clock)
    send(sender)
    [(path, headers, body)] = receiver.calls
    assert sender.channel is Channel.PHONE
    assert path == "/sms?via=test"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "to": "+4915112345678",
        "channel": "phone",
        "text": "123456 ✓ Code",
        "id": "m-1",
    }
    signature = headers["Gatehouse-Signature"]
    now = clock.now().timestamp()
    assert verified(signature, body, now)
    assert not verified(signature, body + b" ", now)
    assert not verified(signature, body, now + OLDEST + 1)


def test_an_address_without_a_path(receiver: Receiver, clock: FakeClock) -> None:
    send(WebhookSender(receiver.url, SECRET, clock))
    assert receiver.calls[0][0] == "/"


@pytest.mark.parametrize("status", [302, 400, 401, 500, 503])
def test_what_is_not_taken_is_for_later(receiver: Receiver, clock: FakeClock, status: int) -> None:
    receiver.status = status
    with pytest.raises(Unavailable) as refused:
        send(WebhookSender(receiver.url, SECRET, clock))
    assert str(status) in refused.value.detail
    assert "123456" not in refused.value.detail
    assert len(receiver.calls) == 1


def test_a_dead_receiver_is_for_later(receiver: Receiver, clock: FakeClock) -> None:
    url = receiver.url
    receiver.socket.close()
    with pytest.raises(Unavailable):
        send(WebhookSender(url, SECRET, clock, timeout=0.2))


@pytest.mark.parametrize(
    ("url", "secret"), [("", SECRET), ("ftp://host/", SECRET), ("https://host/", b"")]
)
def test_a_wrong_setting_is_told_at_start(url: str, secret: bytes, clock: FakeClock) -> None:
    with pytest.raises(Misconfigured):
        WebhookSender(url, secret, clock)
