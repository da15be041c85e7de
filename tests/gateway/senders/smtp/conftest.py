"""A mail server on the loopback, with TLS where that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope, Session

from gateway.senders.smtp import SmtpSender
from tests import ports
from tests.fakes.clock import FakeClock


class Mailbox:
    """Keeps what arrives, or refuses it with `answer`."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.encrypted: list[bool] = []
        self.peers: list[object] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.peers.append(session.peer)
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.answer


Start = Callable[..., Controller]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start(mailbox: Mailbox) -> Iterator[Start]:
    started: list[Controller] = []

    def run(kind: type[Controller] = Controller, **settings: object) -> Controller:
        controller = kind(mailbox, hostname="127.0.0.1", port=ports.free(), **settings)
        controller.start()
        started.append(controller)
        return controller

    yield run
    for controller in started:
        controller.stop()


Open = Callable[..., SmtpSender]


@pytest.fixture
def opened(clock: FakeClock) -> Iterator[Open]:
    """Build senders, and close what they keep."""
    with ExitStack() as stack:

        def build(url: str, mail_from: str = "login@example.org") -> SmtpSender:
            sender = SmtpSender(url, mail_from, "Bank & Söhne", clock)
            stack.callback(sender.close)
            return sender

        yield build


def send(sender: SmtpSender, text: str = "123456 is your code.") -> None:
    sender.send(to="alice@example.org", subject="Ihr Zugang ✓", text=text, message_id="m-1")


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())
