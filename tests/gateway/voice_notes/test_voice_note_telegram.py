"""The Telegram bot of the examples: Telegram is a stand-in, Gatehouse is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.simple_server import make_server

import pytest

from tests import loading
from tests.gateway.conftest import PASSWORD
from tests.gateway.voice_notes.conftest import SECRET, Talk
from tests.gateway.voice_notes.test_voice_note_example import Quiet
from tests.serving import answering
from tests.walks.person import REDIRECT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ALICE, EVE = 1, 2


@dataclass
class Phone:
    """What Telegram holds: the voice message that was recorded last, and what the bot wrote."""

    voice: bytes = b""
    written: dict[int, list[str]] = field(default_factory=dict)

    def result(self, method: str, sent: dict[str, Any]) -> dict[str, Any]:
        if method == "getFile":
            return {"file_path": f"voice/{sent['file_id']}.oga"}
        assert method == "sendMessage"
        self.written.setdefault(sent["chat_id"], []).append(sent["text"])
        return {}

    def handler(self) -> type[BaseHTTPRequestHandler]:
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                result = phone.result(self.path.removeprefix("/botsecret/"), sent)
                self.answer(json.dumps({"ok": True, "result": result}).encode())

            def do_GET(self) -> None:
                assert self.path == "/file/botsecret/voice/note.oga"
                self.answer(phone.voice)

            def answer(self, body: bytes) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    with loading.example("voice-note", "telegram") as module:
        yield module


@dataclass
class Chat:
    """Alice talks with the bot, in Telegram and in her browser."""

    talk: Talk
    bot: Any
    phone: Phone

    def write(self, text: str, chat: int = ALICE) -> str:
        return self._send(chat, text=text)

    def speak(self, audio: bytes, chat: int = ALICE) -> str:
        self.phone.voice = audio
        return self._send(chat, voice={"file_id": "note"})

    def log_in(self) -> None:
        """Open the link, give two proofs, and choose to answer in the chat."""
        link = self.write("/login").removeprefix("Log in here: ")
        self.talk.person.go("/oauth/authorize", **dict(parse_qsl(urlsplit(link).query)))
        self.talk.person.log_in("alice", PASSWORD)
        self.talk.person.choose("Authenticator app")
        self.talk.person.answer(code=self.talk.house.totp())
        self.talk.take()

    def come_back(self) -> str:
        """Let the browser go on to the bot; return what it shows then."""
        self.talk.look()
        came: str = self.bot.arrived(self.talk.person.arrived | {"iss": self.bot.gatehouse.issuer})
        return came

    def _send(self, chat: int, **message: Any) -> str:
        self.bot.update({"update_id": 1, "message": {"chat": {"id": chat}, **message}})
        return self.phone.written[chat][-1]


@pytest.fixture
def chat(talk: Talk, example: ModuleType) -> Iterator[Chat]:
    phone = Phone()
    house = make_server("127.0.0.1", 0, talk.house.app, handler_class=Quiet)
    telegram = ThreadingHTTPServer(("127.0.0.1", 0), phone.handler())
    with answering(house), answering(telegram):
        issuer = f"http://127.0.0.1:{house.server_port}"
        api = f"http://127.0.0.1:{telegram.server_port}"
        gatehouse = example.Gatehouse(issuer, "bot", SECRET)
        bot = example.Bot(example.Telegram("secret", api), gatehouse, REDIRECT)
        yield Chat(talk, bot, phone)


def test_a_person_logs_in_by_a_voice_message(chat: Chat) -> None:
    assert "Nothing waits" in chat.speak(b"alice")
    chat.log_in()
    assert "could not hear" in chat.speak(b"quiet")
    chat.talk.look()
    assert "not right" in chat.speak(b"eve")
    chat.talk.look()
    chat.talk.person.fill(chat.talk.person.form(action="/note"))
    assert "Thank you" in chat.speak(b"alice " + chat.talk.words().encode())
    number = chat.come_back()[-6:]
    assert "Nothing waits" in chat.write("hello", EVE)
    assert chat.write(number).startswith("You are logged in as ")


def test_whoever_sends_their_link_to_another_is_not_logged_in_as_them(chat: Chat) -> None:
    chat.log_in()
    chat.speak(b"alice " + chat.talk.words().encode())
    assert "Send this number" in chat.come_back()
    assert "Nothing waits" in chat.write("000000x")
    assert not chat.bot.people
