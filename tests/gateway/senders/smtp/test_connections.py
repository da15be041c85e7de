"""Connections to a mail server: kept, made anew, refused."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.errors import BadRequest, GatehouseError, Misconfigured, Unavailable
from gateway.senders.connections import MOST
from gateway.senders.smtp import Server as Parsed
from gateway.senders.smtp import SmtpSender
from tests import ports
from tests.fakes.clock import FakeClock
from tests.gateway.senders.smtp.conftest import Mailbox, Open, Start, send


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


def test_a_silent_server_is_for_later(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        sender = SmtpSender(url, "login@example.org", "Gatehouse", clock, timeout=0.1)
        with pytest.raises(Unavailable):
            send(sender)


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
