"""Calls of services that the operator named: what they may cost, what they may say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from contracts.errors import Unavailable
from gateway import outside
from tests.gateway.conftest import PASSWORD, SEED, Build
from tests.serving import answering
from tests.walks.person import Person

STOLEN = "seventeen wrong umbrellas"


class Service(ThreadingHTTPServer):
    """Answers GET with `content`, a little at a time where it is told to be slow."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.status, self.content, self.slow = 200, b"", 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()
        if not self.server.slow:
            self.wfile.write(self.server.content)
            return
        try:
            for byte in self.server.content:
                self.wfile.write(bytes([byte]))
                time.sleep(self.server.slow)
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with answering(Service()) as server:
        yield server


def test_what_is_there_is_returned(service: Service) -> None:
    service.content = b"here"
    assert outside.fetch(f"{service.url}/a?b=c", {"Accept": "text/plain"}) == b"here"
    [(path, fields)] = service.asked
    assert path == "/a?b=c"
    assert fields["Accept"] == "text/plain"


@pytest.mark.parametrize("status", [302, 404, 429, 500])
def test_other_answers_are_none_and_nothing_is_followed(service: Service, status: int) -> None:
    service.status = status
    with pytest.raises(Unavailable, match=str(status)):
        outside.fetch(f"{service.url}/a", {})
    assert len(service.asked) == 1


def test_an_answer_has_an_end(service: Service) -> None:
    service.content = b"x" * (outside.LARGEST + 1)
    with pytest.raises(Unavailable, match="too long"):
        outside.fetch(service.url, {})


def test_an_answer_that_drips_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "FETCH_SECONDS", 0.2)
    service.content, service.slow = b"x" * 1000, 0.02
    with pytest.raises(Unavailable):
        outside.fetch(service.url, {})


def test_no_proxy_is_used(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    service.content = b"here"
    assert outside.fetch(service.url, {}) == b"here"


def test_a_stolen_password_is_refused_on_the_page(
    service: Service, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = sha1(STOLEN.encode(), usedforsecurity=False).hexdigest().upper()
    service.content = f"{'0' * 35}:0\r\n{digest[5:]}:3\r\n".encode()
    monkeypatch.setenv("GATEHOUSE_PASSWORD_BREACHED_URL", f"{service.url}/range")
    house = build()
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    service.asked.clear()
    person = _changing(house.person(), house.totp())
    assert person.answer(password=STOLEN).status_code == 422
    assert "was stolen" in person.words
    [(path, fields)] = service.asked
    assert path == f"/range/{digest[:5]}"
    assert fields["Add-Padding"] == "true"
    assert digest[5:] not in str(fields)


def _changing(person: Person, code: str) -> Person:
    """Log in as highly as the account can, and be asked for a new password."""
    person.go("/account")
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/enroll/password"))
    person.choose("Authenticator app")
    person.answer(code=code)
    person.fill(person.form(action="/enroll/password"))
    return person
