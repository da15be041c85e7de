"""E-mail through one SMTP server (RFC 5321), encrypted unless the server is this machine."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Self
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from contracts.clock import Clock
from contracts.errors import BadRequest, Misconfigured, Unavailable
from contracts.factor import Channel
from contracts.text import Text
from gateway.senders.connections import Connections
from web.letters import letter

PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to hand mail over and how: `implicit` is TLS from the first byte (RFC 8314)."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    starttls: bool
    implicit: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtp[s]://user:pass@host:port?starttls=0|1`. Raises Misconfigured."""
        parts = _split(url)
        default = "0" if parts.hostname in LOOPBACK else "1"
        starttls = parse_qs(parts.query).get("starttls", [default])[0] == "1"
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            starttls=starttls and parts.scheme == "smtp",
            implicit=parts.scheme == "smtps",
        )


class SmtpSender:
    """Hands messages over, from any thread; `timeout` in seconds, for each step."""

    channel = Channel.EMAIL

    def __init__(
        self, url: str, mail_from: str, service: str, clock: Clock, *, timeout: float = 10.0
    ) -> None:
        self._server = Server.parse(url)
        self._from = mail_from
        self._service = service
        self._clock = clock
        self._timeout = timeout
        self._connections = Connections(self._connect)

    def send(
        self, *, to: str, subject: str, text: str, message_id: str, language: str = ""
    ) -> None:
        """Hand one message over.

        Raises Unavailable where the server cannot be had or refuses for now, and BadRequest where
        it will never take this message for this address (RFC 5321, 4.2.1: 5yz).
        """
        try:
            message = self._message(to, subject, text, message_id)
            message.add_alternative(letter(self._service, subject, text, language), subtype="html")
        except ValueError as error:  # a line break in a header
            raise BadRequest(detail=f"no such message can be sent: {error}") from error
        try:
            with self._connections.one() as connection:
                connection.send_message(message)
        except OSError as error:  # smtplib's errors are OSErrors too
            detail = f"{self._server.host}:{self._server.port}: {error!r}"
            if _for_ever(error):
                raise BadRequest(detail=detail) from error
            raise Unavailable(detail=detail, retry_after=30) from error

    def close(self) -> None:
        """Close the connections that were kept for the next message."""
        self._connections.close()

    def _connect(self) -> smtplib.SMTP:
        """Open a connection that is encrypted and logged in, or none."""
        connection = self._open()
        try:
            self._secure(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.implicit:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        return smtplib.SMTP(server.host, server.port, timeout=self._timeout)

    def _secure(self, connection: smtplib.SMTP) -> None:
        if self._server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if self._server.username:
            connection.login(self._server.username, self._server.password)

    def _message(self, to: str, subject: str, text: str, message_id: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{message_id}@{_domain(self._from)}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def _split(url: str) -> SplitResult:
    """Split the address of a mail server. Raises Misconfigured; the address holds a password."""
    wrong = Misconfigured(Text("The mail server must be given as smtp://host:port."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in PORTS or not parts.hostname or port == 0:
        raise wrong
    return parts


def _for_ever(error: OSError) -> bool:
    """Tell whether a refusal is about the message or its receiver, and final."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
        case smtplib.SMTPDataError():
            codes = [error.smtp_code]
        case _:
            return False
    return all(500 <= code < 600 for code in codes)


def _domain(mail_from: str) -> str:
    """Return the domain of `Name <mailbox@domain>`."""
    return parseaddr(mail_from)[1].rpartition("@")[2]
