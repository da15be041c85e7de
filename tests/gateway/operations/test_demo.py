"""The demo's outbox and what it starts with."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pyotp
import pytest

from contracts.clock import SystemClock
from gateway.demo.memory import recall
from gateway.demo.outbox import Outbox
from gateway.demo.seed import Addresses, Seeding
from gateway.opening import make_factors
from gateway.senders.smtp import SmtpSender
from gateway.senders.webhook import WebhookSender
from gateway.settings import Settings
from store import Store
from tests import ports
from tests.fakes.clock import FakeClock
from tests.gateway.operations.running import get
from tests.waiting import PATIENCE

pytest.importorskip("aiosmtpd", reason="the demo extra is not installed")

KEY = b"a shared secret"


@pytest.fixture
def port() -> int:
    return ports.free()


@pytest.fixture
def outbox(port: int) -> Iterator[Outbox]:
    with Outbox(port, KEY) as outbox:
        yield outbox


def listed(port: int, path: str = "/?format=json") -> Any:
    return json.loads(get(port, path)[1])


def test_json_is_in_the_order_of_sending_and_the_page_shows_the_newest_first(
    outbox: Outbox, port: int
) -> None:
    for text in ("older", "younger"):
        outbox.messages.keep("ann@example.org", "email", "", text)
    assert [message["text"] for message in listed(port)] == ["older", "younger"]
    page = get(port, "/")[1]
    assert page.index(b"younger") < page.index(b"older")


def test_an_email_is_shown(outbox: Outbox, port: int) -> None:
    url = f"smtp://127.0.0.1:{outbox.smtp_port}?starttls=0"
    with closing(SmtpSender(url, "gatehouse@localhost", "Gatehouse", SystemClock())) as sender:
        sender.send(to="ann@example.org", subject="Your code", text="Code: 123456", message_id="m1")
    (message,) = listed(port)
    assert set(message) == {"to", "channel", "subject", "text", "sent_at"}
    assert (message["to"], message["channel"]) == ("ann@example.org", "email")
    assert (message["subject"], message["text"]) == ("Your code", "Code: 123456")
    assert b"Code: 123456" in get(port, "/")[1]
    assert json.loads(get(port, "/", {"Accept": "application/json"})[1]) == [message]


def test_a_signed_phone_message_is_shown(outbox: Outbox, port: int) -> None:
    sender = WebhookSender(f"http://127.0.0.1:{port}/phone", KEY, SystemClock())
    sender.send(to="+15550100", subject="", text="Code: 654321", message_id="m2")
    (message,) = listed(port)
    assert (message["to"], message["channel"], message["text"]) == (
        "+15550100",
        "phone",
        "Code: 654321",
    )


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "t=x,v1=", "t=now,v1=00"])
def test_what_the_gateway_did_not_sign_is_refused(
    outbox: Outbox, port: int, signature: str
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/phone", b"{}", {"Gatehouse-Signature": signature})
    assert connection.getresponse().status == 403
    connection.close()
    assert listed(port) == []


def test_markup_in_a_message_stays_text(outbox: Outbox, port: int) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@localhost", "b@localhost", "<script>1</script>"
    mail.set_content("<img src=x>")
    with smtplib.SMTP("127.0.0.1", outbox.smtp_port) as connection:
        connection.send_message(mail)
    page = get(port, "/")[1]
    assert b"<script>" not in page
    assert b"<img" not in page


def test_a_second_run_keeps_people_clients_and_secrets(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    def seeded(port: int) -> tuple[Any, Any]:
        factors = make_factors(Settings(data=tmp_path), store, clock)
        seeding = Seeding(store, factors, clock, recall(tmp_path / "secrets.json"))
        return seeding.people(), seeding.clients(Addresses.beginning_at(port))

    people, clients = seeded(8080)
    assert seeded(8080) == (people, clients)
    assert [set(person) for person in people] == [
        {"username", "password", "totp_secret"},
        {"username", "password"},
        {"username", "password"},
    ]
    assert len(pyotp.TOTP(people[0]["totp_secret"]).now()) == 6
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0

    moved = seeded(9090)[1]
    assert moved[0]["redirect_uris"] == ["http://localhost:9091/callback"]
    assert moved[0]["client_secret"] == clients[0]["client_secret"]
    assert moved[1]["client_secret"] is None
