"""The bridge from Granian to WSGI, on real connections."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from gateway import bodies
from gateway.documents import FRESH_SECONDS
from gateway.wsgi import CLIENT_CERTIFICATE
from tests import ports
from tests.gateway.operations.running import DISCOVERY, get
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).resolve().parents[3]
START = """
from granian import Granian
Granian("tests.gateway.operations.bridged:{factory}", port={port}, interface="rsgi", factory=True,
        websockets=False, log_enabled=False).serve()
"""


@contextmanager
def bridge(factory: str) -> Iterator[int]:
    port = ports.free()
    code = START.format(factory=factory, port=port)
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: _listens(port))
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bridge("build") as port:
        yield port


Send = Callable[..., tuple[HTTPResponse, bytes]]


@pytest.fixture
def send(port: int) -> Iterator[Send]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(method: str, path: str, *more: Any, **named: Any) -> tuple[HTTPResponse, bytes]:
        # What is too large is answered, and the connection closed, before all of it is sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, *more, **named)
        response = connection.getresponse()
        return response, response.read()

    yield send
    connection.close()


def test_the_environ_says_what_was_asked(send: Send) -> None:
    headers = {"Content-Type": "text/plain", "Cookie": "a=1", "X-Some": "thing"}
    response, body = send("POST", "/a%20b/%C3%A9?q=%201&q=2", b"hello", headers)
    seen = json.loads(body)
    assert response.status == 200
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/a b/é"
    assert seen["QUERY_STRING"] == "q=%201&q=2"
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"], seen["length"]) == ("text/plain", "5", 5)
    assert (seen["HTTP_COOKIE"], seen["HTTP_X_SOME"]) == ("a=1", "thing")
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


def test_a_client_cannot_claim_another_address(send: Send) -> None:
    claims = {
        "X-Forwarded-For": "9.9.9.9",
        "Forwarded": "for=9.9.9.9",
        "X_Forwarded_For": "8.8.8.8",
    }
    _, body = send("GET", "/", headers=claims)
    seen = json.loads(body)
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert not [name for name in seen if "FORWARDED" in name]


def test_a_trusted_proxy_names_the_client() -> None:
    with bridge("build_proxied") as port:
        _, body = get(port, "/", {"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    assert json.loads(body)["REMOTE_ADDR"] == "203.0.113.7"


CERTIFICATES = ["Client-Cert", "Client-Cert-Chain", "X-Client-Cert", "Gatehouse.Client_Certificate"]


@pytest.mark.parametrize("build", ["build", "build_proxied"])
def test_nobody_claims_a_certificate(build: str) -> None:
    with bridge(build) as port:
        _, body = get(port, "/", dict.fromkeys(CERTIFICATES, ":AAAA:"))
    seen = json.loads(body)
    assert CLIENT_CERTIFICATE not in seen
    assert not [name for name in seen if name.startswith("HTTP_CLIENT_CERT")]


def test_a_trusted_proxy_hands_certificates_on() -> None:
    with bridge("build_certificates") as port:
        _, body = get(port, "/", dict.fromkeys(CERTIFICATES, ":AAAA:"))
        _, none = get(port, "/", {"Client-Cert": ":AAAA:"})
        _, twice = get(port, "/", {"X-Client-Cert": ":AAAA:", "x-client-cert": ":BBBB:"})
    assert json.loads(body)[CLIENT_CERTIFICATE] == ":AAAA:"
    assert "HTTP_X_CLIENT_CERT" not in json.loads(body)
    assert CLIENT_CERTIFICATE not in json.loads(none)
    assert json.loads(twice)[CLIENT_CERTIFICATE] == ""


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("application/x-www-form-urlencoded", bodies.FORM_BYTES, 200),
        ("application/x-www-form-urlencoded", bodies.FORM_BYTES + 1, 413),
        ("application/json", bodies.FORM_BYTES + 1, 413),
        ("multipart/form-data; boundary=x", bodies.FORM_BYTES + 1, 200),
        ("multipart/form-data; boundary=x", bodies.BODY_BYTES + 1, 413),
    ],
)
def test_a_body_has_a_cap_for_its_kind(send: Send, kind: str, size: int, status: int) -> None:
    response, _ = send("POST", "/", bytes(size), {"Content-Type": kind})
    assert response.status == status


def test_a_body_of_unknown_length_has_the_same_cap(send: Send) -> None:
    chunks = (bytes(50_000) for _ in range(60))
    response, _ = send("POST", "/", chunks, {"Content-Type": "audio/wav"}, encode_chunked=True)
    assert response.status == 413


def test_a_failure_says_nothing_but_a_reference(send: Send) -> None:
    response, body = send("GET", "/broken")
    assert response.status == 500
    assert b"secret" not in body
    assert b"Traceback" not in body


def test_the_public_documents_are_kept_in_front_of_the_application(port: int) -> None:
    begun = time.monotonic()
    answers = {get(port, DISCOVERY)[1] for _ in range(20)}
    most = 2 + int((time.monotonic() - begun) / FRESH_SECONDS)
    assert len(answers) <= most
    assert json.loads(get(port, DISCOVERY + "?x=1")[1])["documents"] <= most + 1


@pytest.mark.slow
def test_a_body_that_never_comes_ends_with_its_deadline(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
        client.sendall(head)
        answer = client.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408")
