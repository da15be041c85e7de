"""Nothing goes to a mail server that was not encrypted and trusted."""

from __future__ import annotations

import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from contracts.clock import SystemClock
from contracts.errors import Unavailable
from tests.gateway.senders.smtp.conftest import (
    Mailbox,
    Open,
    Start,
    send,
)


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
