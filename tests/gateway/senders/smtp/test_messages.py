"""What a mail says, and to whom."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from contracts.errors import BadRequest
from contracts.factor import Channel
from tests.fakes.clock import FakeClock
from tests.gateway.senders.smtp.conftest import (
    Mailbox,
    Open,
    Start,
    plain,
    send,
)


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


@pytest.mark.parametrize("to", ["a@example.org\nBcc: eve@example.net", "a@example.org\r\n.\r\n"])
def test_an_address_brings_no_header(start: Start, mailbox: Mailbox, opened: Open, to: str) -> None:
    server = start()
    with pytest.raises(BadRequest):
        opened(f"smtp://127.0.0.1:{server.port}").send(to=to, subject="", text="", message_id="m")
    assert mailbox.received == []
