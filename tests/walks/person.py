"""A person in front of a browser without JavaScript, and the chatbot that sent them."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.walks.forms import Form, read

REDIRECT = "http://localhost:8081/callback"


@dataclass
class Chatbot:
    """A client that sends people to log in and redeems what comes back."""

    client_id: str
    secret: str | None = None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def request(self, **more: str) -> dict[str, str]:
        digest = sha256(self.verifier.encode()).digest()
        return {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid",
            "state": "state",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **more,
        }

    def redemption(self, code: str) -> dict[str, str]:
        found = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
        }
        return found | ({"client_secret": self.secret} if self.secret else {})


class Person:
    """Follows redirects on this site, fills in forms, keeps cookies; stops at the chatbot."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: TestResponse
        self.arrived: dict[str, str] = {}

    @property
    def words(self) -> str:
        """What the page says."""
        joined = re.sub(r"</?bdi>", "", self.page.text)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", joined)).split())

    @property
    def path(self) -> str:
        """Where the person is."""
        return str(self.page.request.path)

    def go(self, path: str, **query: str) -> TestResponse:
        """Open a page."""
        return self._follow(self.client.get(path, query_string=query))

    def authorize(self, bot: Chatbot, **more: str) -> TestResponse:
        """Be sent here by a chatbot."""
        self.arrived = {}
        return self.go("/oauth/authorize", **bot.request(**more))

    def form(self, *, action: str = "", text: str = "") -> Form:
        """Find a form by where it goes and what its button says."""
        found = [f for f in read(self.page.text) if action in f.action and text in f.text]
        assert found, f"no form {action!r} {text!r} on {self.path}: {self.words}"
        return found[0]

    def fill(self, form: Form, **values: Any) -> TestResponse:
        """Send a form."""
        return self._follow(self.client.post(form.action, data={**form.fields, **values}))

    def log_in(self, username: str, password: str) -> TestResponse:
        """Fill in the first page of a login."""
        return self.fill(self.form(action="/login/"), username=username, password=password)

    def choose(self, title: str) -> TestResponse:
        """Choose a way to go on."""
        return self.fill(self.form(action="/factor", text=title))

    def answer(self, **values: Any) -> TestResponse:
        """Answer the question on the page."""
        return self.fill(self.form(action="/answer"), **values)

    def consent(self, decision: str = "allow") -> TestResponse:
        """Decide on the consent page."""
        return self.fill(self.form(action="/oauth/authorize/"), decision=decision)

    def _follow(self, response: TestResponse) -> TestResponse:
        while response.status_code == 303:
            location = response.headers["Location"]
            if location.startswith(REDIRECT):
                self.arrived = {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}
                break
            assert location.startswith("/"), f"redirected to {location}"
            response = self.client.get(location)
        self.page = response
        return response
