"""E-mail against a real SMTP server on the loopback."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from contracts.clock import SystemClock
from contracts.errors import BadRequest, GatehouseError, Misconfigured, Unavailable
from contracts.factor import Channel
from gateway.senders.connections import MOST
from gateway.senders.smtp import Server as Parsed
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


class TlsController(Controller):
    """Speaks TLS from the first byte."""

    def _trigger_server(self) -> None:
        """Make the first connection, which has the server built (aiosmtpd needs it)."""
        trusting = ssl.create_default_context()
        with (
            socket.create_connection(("127.0.0.1", self.port), 1) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as encrypted,
        ):
            encrypted.recv(64)


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


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for localhost that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context


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


def page(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body
    return str(body.get_content())


def test_a_message_arrives_whole(
    start: Start, mailbox: Mailbox, clock: FakeClock, opened: Open
) -> None:
    server = start()
    url = f"smtp://127.0.0.1:{server.port}"
    sender = opened(url, "Gatehouse <login@example.org>")
    send(sender, "Grüße\n.\n123456 ist Ihr Code.\n")
    send(sender)
    first, second = mailbox.received
    assert sender.channel is Channel.EMAIL
    assert first["To"] == "alice@example.org"
    assert first["From"] == "Gatehouse <login@example.org>"
    assert first["Subject"] == "Ihr Zugang ✓"
    assert first["Message-ID"] == second["Message-ID"] == "<m-1@example.org>"
    assert first["Date"].datetime == clock.now()
    assert plain(first).splitlines() == ["Grüße", ".", "123456 ist Ihr Code."]
    assert mailbox.encrypted == [False, False]


def test_a_page_says_the_same_as_the_text(start: Start, mailbox: Mailbox, opened: Open) -> None:
    server = start()
    text = "<script>alert(1)</script> & Grüße\n\nUse 123456."
    send(opened(f"smtp://127.0.0.1:{server.port}"), text)
    [message] = mailbox.received
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert plain(message).split() == text.split()
    html = page(message)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Grüße</p>" in html
    assert ">Use 123456.</p>" in html
    assert "Bank &amp; Söhne" in html
    assert "Ihr Zugang ✓</h1>" in html


def test_a_page_fetches_nothing(start: Start, mailbox: Mailbox, opened: Open) -> None:
    server = start()
    send(opened(f"smtp://127.0.0.1:{server.port}"))
    html = page(mailbox.received[0]).lower()
    for remote in ("http", "src=", "href=", "url(", "<script", "<img", "@import", "<link"):
        assert remote not in html


def test_mail_says_that_nobody_wrote_it(start: Start, mailbox: Mailbox, opened: Open) -> None:
    server = start()
    send(opened(f"smtp://127.0.0.1:{server.port}"))
    assert mailbox.received[0]["Auto-Submitted"] == "auto-generated"  # RFC 3834, 5.1
    assert mailbox.received[0]["List-Unsubscribe"] is None


def test_a_connection_is_used_again(start: Start, mailbox: Mailbox, opened: Open) -> None:
    server = start()
    sender = opened(f"smtp://127.0.0.1:{server.port}")
    for _ in range(3):
        send(sender)
    assert len(mailbox.received) == 3
    assert len(set(mailbox.peers)) == 1


def test_each_of_many_threads_has_a_connection_of_its_own(
    start: Start, mailbox: Mailbox, opened: Open
) -> None:
    server = start()
    sender = opened(f"smtp://127.0.0.1:{server.port}")
    with ThreadPoolExecutor(8) as threads:
        for sent in [threads.submit(send, sender) for _ in range(40)]:
            sent.result()
    assert len(mailbox.received) == 40
    assert len(sender._connections._kept) <= MOST


def test_a_connection_that_the_server_has_closed_is_made_anew(
    start: Start, mailbox: Mailbox, opened: Open
) -> None:
    server = start()
    sender = opened(f"smtp://127.0.0.1:{server.port}")
    send(sender)
    [(_, kept)] = sender._connections._kept
    assert kept.sock
    kept.sock.shutdown(socket.SHUT_RDWR)
    send(sender)
    assert len(mailbox.received) == 2
    assert len(set(mailbox.peers)) == 2


def test_a_connection_is_not_kept_for_ever(
    start: Start, mailbox: Mailbox, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.senders.connections.IDLE_SECONDS", -1)
    server = start()
    sender = opened(f"smtp://127.0.0.1:{server.port}")
    send(sender)
    send(sender)
    assert len(set(mailbox.peers)) == 2


def test_a_final_refusal_is_not_tried_again(start: Start, mailbox: Mailbox, opened: Open) -> None:
    server = start()
    sender = opened(f"smtp://127.0.0.1:{server.port}")
    mailbox.answer = "554 no spam here"
    with pytest.raises(BadRequest) as refused:
        send(sender)
    assert "554" in refused.value.detail
    assert "123456" not in refused.value.detail
    mailbox.answer = "250 OK"
    send(sender)


@pytest.mark.parametrize(
    ("answer", "error"), [("550 nobody", BadRequest), ("450 busy", Unavailable)]
)
def test_a_receiver_that_is_refused(
    start: Start, opened: Open, mailbox: Mailbox, answer: str, error: type[GatehouseError]
) -> None:
    async def refuse(*_: object) -> str:
        return answer

    mailbox.handle_RCPT = refuse
    server = start()
    with pytest.raises(error):
        send(opened(f"smtp://127.0.0.1:{server.port}"))
    assert mailbox.received == []


@pytest.mark.parametrize("to", ["a@example.org\nBcc: eve@example.net", "a@example.org\r\n.\r\n"])
def test_an_address_brings_no_header(start: Start, mailbox: Mailbox, opened: Open, to: str) -> None:
    server = start()
    with pytest.raises(BadRequest):
        opened(f"smtp://127.0.0.1:{server.port}").send(to=to, subject="", text="", message_id="m")
    assert mailbox.received == []


def test_a_silent_server_is_for_later(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        sender = SmtpSender(url, "login@example.org", "Gatehouse", clock, timeout=0.1)
        with pytest.raises(Unavailable):
            send(sender)


def test_mail_is_encrypted_before_the_password_is_told(
    start: Start, mailbox: Mailbox, opened: Open, certificate: ssl.SSLContext
) -> None:
    asked: list[tuple[bytes, bytes, bool]] = []

    def check(server: Server, session: Session, *rest: object) -> AuthResult:
        login = rest[-1]
        assert isinstance(login, LoginPassword)
        asked.append((login.login, login.password, session.ssl is not None))
        return AuthResult(success=True)

    server = start(tls_context=certificate, require_starttls=True, authenticator=check)
    url = f"smtp://gate:p%40ss@localhost:{server.port}?starttls=1"
    send(opened(url))
    assert asked == [(b"gate", b"p@ss", True)]
    assert mailbox.encrypted == [True]


def test_tls_from_the_first_byte(
    start: Start, mailbox: Mailbox, opened: Open, certificate: ssl.SSLContext
) -> None:
    server = start(TlsController, ssl_context=certificate)
    send(opened(f"smtps://localhost:{server.port}"))
    assert mailbox.encrypted == [True]


def test_an_untrusted_server_gets_nothing(
    start: Start,
    mailbox: Mailbox,
    opened: Open,
    certificate: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = start(tls_context=certificate)
    url = f"smtp://gate:secret@localhost:{server.port}?starttls=1"
    with pytest.raises(Unavailable) as refused:
        send(opened(url))
    assert "secret" not in refused.value.detail
    assert mailbox.received == []


def test_a_server_without_starttls_gets_nothing(
    start: Start, mailbox: Mailbox, opened: Open
) -> None:
    server = start()
    with pytest.raises(Unavailable):
        send(opened(f"smtp://localhost:{server.port}?starttls=1"))
    assert mailbox.received == []


def test_a_refusal_is_for_later(start: Start, mailbox: Mailbox, opened: Open) -> None:
    mailbox.answer = "451 try again"
    server = start()
    with pytest.raises(Unavailable) as refused:
        send(opened(f"smtp://127.0.0.1:{server.port}"))
    assert "451" in refused.value.detail


def test_a_dead_server_is_for_later(opened: Open) -> None:
    with pytest.raises(Unavailable):
        send(opened(f"smtp://127.0.0.1:{ports.free()}"))


@pytest.mark.parametrize(
    ("url", "port", "starttls", "implicit"),
    [
        ("smtp://mail.example.org", 587, True, False),
        ("smtp://mail.example.org:25?starttls=0", 25, False, False),
        ("smtp://localhost:1025", 1025, False, False),
        ("smtp://[::1]:1025", 1025, False, False),
        ("smtps://mail.example.org", 465, False, True),
    ],
)
def test_the_address_of_a_server(url: str, port: int, starttls: bool, implicit: bool) -> None:
    server = Parsed.parse(url)
    assert (server.port, server.starttls, server.implicit) == (port, starttls, implicit)


@pytest.mark.parametrize("url", ["", "mail.example.org:25", "http://mail", "smtp://mail:smtp"])
def test_a_wrong_address_is_told_at_start(url: str, clock: FakeClock) -> None:
    with pytest.raises(Misconfigured):
        SmtpSender(url, "login@example.org", "Gatehouse", clock)
