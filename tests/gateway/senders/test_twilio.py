"""Twilio, against a server that answers as its documentation says."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from contracts.errors import BadRequest, GatehouseError, Misconfigured, Unavailable
from contracts.factor import Channel
from gateway.senders import make_senders
from gateway.senders.twilio import TwilioAccount, TwilioSender
from gateway.settings import Settings
from tests.fakes.clock import FakeClock
from tests.serving import answering

ACCOUNT = "AC" + "0" * 32
KEY = "SK" + "1" * 32
SERVICE = "MG" + "2" * 32
TOKEN = "f" * 8
REFUSALS: dict[int, dict[str, Any]] = {
    20003: {"message": "Authenticate", "status": 401},
    20429: {"message": "Too Many Requests", "status": 429},
    21211: {"message": "The 'To' number +15005550001 is not a valid phone number.", "status": 400},
    21610: {"message": "Attempt to send to unsubscribed recipient", "status": 400},
    20500: {"message": "Internal Server Error", "status": 500},
}


class Twilio(ThreadingHTTPServer):
    """Takes messages of one account, or refuses them with the error `refusal`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.logins = {f"{ACCOUNT}:{TOKEN}", f"{KEY}:{TOKEN}"}
        self.refusal = 0
        self.garbled = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Twilio

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.paths.append(self.path)
        known = {"Basic " + b64encode(each.encode()).decode() for each in self.server.logins}
        refusal = self.server.refusal or (self.headers["Authorization"] not in known and 20003)
        if refusal:
            error = REFUSALS[refusal]
            more = {"code": refusal, "more_info": f"https://www.twilio.com/docs/errors/{refusal}"}
            self.answer(error["status"], {**error, **more})
            return
        self.server.messages.append({name: values[0] for name, values in form.items()})
        self.answer(201, {"sid": "SM" + "3" * 32, "status": "queued", "account_sid": ACCOUNT})

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = b"<html>" if self.server.garbled else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with answering(Twilio()) as server:
        yield server


def sender(
    twilio: Twilio, *, key: str = "", secret: str = TOKEN, origin: str = "+15005550006"
) -> TwilioSender:
    return TwilioSender(TwilioAccount.checked(twilio.url, ACCOUNT, key, secret, origin))


def send(sender: TwilioSender) -> None:
    sender.send(to="+4915112345678", subject="", text="123456 ✓ & Code", message_id="m-1")


@pytest.mark.parametrize("key", ["", KEY])
def test_a_message_arrives(twilio: Twilio, key: str) -> None:
    send(sender(twilio, key=key))
    assert twilio.paths == [f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"]
    number = "+15005550006"
    assert twilio.messages == [{"To": "+4915112345678", "From": number, "Body": "123456 ✓ & Code"}]


def test_a_messaging_service_chooses_the_number(twilio: Twilio) -> None:
    send(sender(twilio, origin=SERVICE))
    assert twilio.messages[0]["MessagingServiceSid"] == SERVICE
    assert "From" not in twilio.messages[0]


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (20003, Unavailable),
        (20429, Unavailable),
        (20500, Unavailable),
        (21211, BadRequest),
        (21610, BadRequest),
    ],
)
@pytest.mark.parametrize("garbled", [False, True])
def test_what_is_refused_is_for_later_or_for_never(
    twilio: Twilio, refusal: int, error: type[GatehouseError], garbled: bool
) -> None:
    twilio.refusal, twilio.garbled = refusal, garbled
    with pytest.raises(error) as refused:
        send(sender(twilio))
    assert (str(refusal) in refused.value.detail) is not garbled
    assert str(REFUSALS[refusal]["status"]) in refused.value.detail
    for private in ("123456", "+1500", "+4915", TOKEN):
        assert private not in refused.value.detail


def test_a_wrong_token_is_for_later(twilio: Twilio) -> None:
    with pytest.raises(Unavailable, match="20003"):
        send(sender(twilio, secret="a" * 8))
    assert twilio.messages == []


def test_twilio_that_cannot_be_reached_is_for_later(twilio: Twilio) -> None:
    unreachable = sender(twilio)
    twilio.socket.close()
    with pytest.raises(Unavailable):
        send(unreachable)


def settings(tmp_path: Path, **more: Any) -> Settings:
    (tmp_path / "secret").write_text(f"{TOKEN}\n")
    given = {
        "twilio_account_sid": ACCOUNT,
        "twilio_from": "+15005550006",
        "twilio_secret_file": tmp_path / "secret",
    }
    return Settings(env="test", **{**given, **more})


def test_settings_make_a_sender(twilio: Twilio, tmp_path: Path, clock: FakeClock) -> None:
    with ExitStack() as stack:
        senders = make_senders(settings(tmp_path, twilio_url=twilio.url), clock, stack)
        senders[Channel.PHONE].send(to="+4915112345678", subject="", text="x", message_id="m")
    assert len(twilio.messages) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"twilio_account_sid": "AC1"},
        {"twilio_key_sid": "nothing"},
        {"twilio_from": ""},
        {"twilio_url": "api.twilio.com"},
        {"twilio_secret_file": None},
        {"twilio_secret_file": Path("/nowhere")},
        {"phone_webhook_url": "https://hooks.example"},
    ],
)
def test_wrong_settings_are_told_at_start(
    tmp_path: Path, clock: FakeClock, wrong: dict[str, Any]
) -> None:
    with ExitStack() as stack, pytest.raises(Misconfigured):
        make_senders(settings(tmp_path, **wrong), clock, stack)
