"""A Telegram bot whose people log in at Gatehouse and answer by voice; standard library alone.

In the environment: TELEGRAM_TOKEN (of @BotFather), GATEHOUSE (the issuer), CLIENT_ID,
CLIENT_SECRET, and CALLBACK, the redirect URI: http://localhost:8099/callback, or https before a
proxy that leads to that port.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

from voice_note import Gatehouse, Refused

PORT = 8099
SAID = {
    "accepted": "Thank you. Go back to the page in your browser: it goes on by itself.",
    "refused": "That was not right. The page in your browser shows what you can do.",
    "again": "I could not hear that well enough. The page in your browser says what helps.",
}
NOTHING = "Nothing waits for your voice. Send /login, and choose “Answer in the chat” on the page."


@dataclass
class Telegram:
    """The few methods of the Bot API that it takes."""

    token: str = field(repr=False)
    api: str = "https://api.telegram.org"

    def call(self, method: str, **fields: str | int) -> dict[str, Any]:
        """Call a method; return the whole answer."""
        body, kind = json.dumps(fields).encode(), {"Content-Type": "application/json"}
        request = Request(f"{self.api}/bot{self.token}/{method}", body, kind)  # noqa: S310 - ours
        with urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            found: dict[str, Any] = json.load(answer)
            return found

    def file(self, file_id: str) -> bytes:
        """Fetch a file as it was sent."""
        path = self.call("getFile", file_id=file_id)["result"]["file_path"]
        with urlopen(f"{self.api}/file/bot{self.token}/{path}", timeout=60) as answer:  # noqa: S310
            found: bytes = answer.read()
        return found


@dataclass
class Login:
    """A login that a chat has begun; `sub` and `code` once its person was at Gatehouse."""

    chat: int
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    sub: str = ""
    code: str = field(default_factory=lambda: f"{secrets.randbelow(10**6):06}", repr=False)


@dataclass
class Bot:
    """Sends people to log in, hands on what they say, and knows afterwards who they are."""

    telegram: Telegram
    gatehouse: Gatehouse
    callback: str
    logins: dict[str, Login] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)

    def update(self, update: Mapping[str, Any]) -> None:
        """Answer one message."""
        message = update.get("message", {})
        if "chat" not in message:
            return
        chat, text = message["chat"]["id"], message.get("text", "")
        if "voice" in message:
            answer = self.voice(chat, message["voice"]["file_id"])
        elif text == "/login":
            answer = f"Log in here: {self.link(chat)}"
        else:
            answer = self.confirm(chat, text)
        self.telegram.call("sendMessage", chat_id=chat, text=answer)

    def link(self, chat: int) -> str:
        """Begin a login; its `state` is what voice messages of this chat are handed on for."""
        self.logins = {state: each for state, each in self.logins.items() if each.chat != chat}
        state, login = secrets.token_urlsafe(24), Login(chat)
        self.logins[state] = login
        digest = sha256(login.verifier.encode()).digest()
        asked = {
            "client_id": self.gatehouse.client_id,
            "response_type": "code",
            "redirect_uri": self.callback,
            "scope": "openid",
            "state": state,
            "nonce": login.nonce,
            "acr_values": "mfa+voice",
            "prompt": "login",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.gatehouse.issuer}/oauth/authorize?{urlencode(asked)}"

    def voice(self, chat: int, file_id: str) -> str:
        """Hand a voice message on as it came (Ogg with Opus), and say what came of it."""
        state = next((state for state, each in self.logins.items() if each.chat == chat), "")
        if not state:
            return NOTHING
        try:
            return SAID[self.gatehouse.voice_note(state, self.telegram.file(file_id))]
        except Refused as refused:
            return NOTHING if refused.status == 403 else f"Please try again later ({refused})."

    def arrived(self, query: Mapping[str, str]) -> str:
        """Redeem the code that a browser brought; return what that shows its person.

        A link can be sent on: whoever logged in is who opened it, which need not be who is in the
        chat. So the browser shows a number, and the chat is theirs once it comes from there.
        """
        login = self.logins.get(query.get("state", ""))
        if login is None or "code" not in query or query.get("iss") != self.gatehouse.issuer:
            return "This login is not known here, or was given up."
        claims = self.redeem(query["code"], login)
        if claims.get("nonce") != login.nonce or claims.get("acr") != "mfa+voice":
            return "You did not show enough. Begin again in the chat."
        login.sub = claims["sub"]
        return f"Send this number to the bot, from your own chat with it: {login.code}"

    def redeem(self, code: str, login: Login) -> Mapping[str, Any]:
        """Return the claims of the ID token, which comes from Gatehouse itself, over TLS."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": login.verifier,
            "client_id": self.gatehouse.client_id,
            "client_secret": self.gatehouse.secret,
        }
        url = f"{self.gatehouse.issuer}/oauth/token"
        with urlopen(Request(url, urlencode(form).encode()), timeout=20) as answer:  # noqa: S310
            payload = json.load(answer)["id_token"].split(".")[1]
        claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=="))
        return claims

    def confirm(self, chat: int, text: str) -> str:
        """Take the number of the browser; it counts once, and one wrong one ends the login."""
        for state, login in list(self.logins.items()):
            if login.chat == chat and login.sub:
                del self.logins[state]
                if secrets.compare_digest(login.code.encode(), text.encode()):
                    self.people[chat] = login.sub
        return f"You are logged in as {self.people[chat]}." if chat in self.people else NOTHING


def callbacks(bot: Bot) -> type[BaseHTTPRequestHandler]:
    """Return what serves the redirect URI."""

    class Callback(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            words = bot.arrived(dict(parse_qsl(urlsplit(self.path).query))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing: there is a code in the address."""

    return Callback


def main() -> None:
    """Ask Telegram for messages, for ever."""
    own = os.environ
    gatehouse = Gatehouse(own["GATEHOUSE"], own["CLIENT_ID"], own["CLIENT_SECRET"])
    bot = Bot(Telegram(own["TELEGRAM_TOKEN"]), gatehouse, own["CALLBACK"])
    server = ThreadingHTTPServer(("127.0.0.1", PORT), callbacks(bot))
    Thread(target=server.serve_forever, daemon=True).start()
    after = 0
    while True:
        for update in bot.telegram.call("getUpdates", timeout=50, offset=after)["result"]:
            after = update["update_id"] + 1
            bot.update(update)


if __name__ == "__main__":
    main()
