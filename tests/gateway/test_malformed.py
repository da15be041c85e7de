"""Whatever comes in, no answer is a failure of ours, and none leads elsewhere."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.gateway.conftest import PASSWORD, SEED, House

WIDE = "\ufdfa" * 3000
"""Each character becomes eighteen where names are made comparable."""
VALUES = ["", "\0", "\x1b[0m\r\nX: y", "x" * 60_000, WIDE]
RAW = [b"\xff\xfe", b"\xed\xa0\x80", b"%ZZ=%", b"a=1&a=2", b"=&=&;", b"&" * 2000, b'{"csrf": 1}']
TYPES = [
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
    "text/plain; charset=utf-16",
    "",
]
FIELDS = [
    *("username", "password", "factor", "credential", "ceremony", "code", "sample", "ticket"),
    *("decision", "address", "label", "client_id", "grant_type", "refresh_token", "enrolment"),
    *("request", "request_uri", "client_assertion", "client_secret", "redirect_uri"),
]
HEADERS = [
    *({}, [], "x", 1, None, {"alg": []}, {"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}),
    *({"alg": "ES256", "kid": []}, {"alg": "ES256", "crit": "x"}, {"alg": "ES256", "typ": {}}),
    {"alg": "ES256", "b64": False, "crit": ["b64"]},
]
CLAIMS = [{}, [], {"iss": "\ud800"}, {"iss": "\0"}, {"iss": 1}, {"iss": "x" * 999}, {"exp": "x"}]
DEEP = b"[" * 1200


def addresses(app: Flask, handle: str) -> Iterator[tuple[str, str]]:
    """Every route with each of its methods."""
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<handle>", handle).replace("<factor>", "totp")
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield method, path.replace("<path:filename>", handle)


def part(value: object) -> str:
    """Encode one part of a JWT."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def proofs() -> Iterator[str]:
    """JWTs that are none."""
    yield from ("", ".", "..", "a.b.c", "\xff.\xff.\xff", f"{part(DEEP)}.{part({})}.AA")
    for header, claims in product([*HEADERS, DEEP], [*CLAIMS, DEEP]):
        yield f"{part(header)}.{part(claims)}.{part(bytes(64))}"


def judged(answers: Iterator[tuple[object, TestResponse]]) -> list[object]:
    """Return what was answered by a failure of ours."""
    return [sent for sent, answer in answers if answer.status_code >= 500]


def test_no_field_of_any_form_is_a_failure_of_ours(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    handle = person.path.rpartition("/")[2]
    token = person.form(action="/login/").fields["csrf"]

    def answers() -> Iterator[tuple[object, TestResponse]]:
        for (method, path), value in product(addresses(house.app, handle), VALUES):
            data = {"csrf": token, **dict.fromkeys(FIELDS, value)}
            send = {"data": data} if method == "POST" else {"query_string": data}
            yield (method, path, value[:9]), person.client.open(path, method=method, **send)

    assert judged(answers()) == []


def test_no_body_is_a_failure_of_ours(house: House) -> None:
    person = house.person()
    person.go("/account")
    headers = {"X-CSRF-Token": person.form(action="/login/").fields["csrf"]}
    handle = person.path.rpartition("/")[2]
    posts = {path for method, path in addresses(house.app, handle) if method == "POST"}

    def answers() -> Iterator[tuple[object, TestResponse]]:
        for path, body, kind in product(sorted(posts), RAW, TYPES):
            answer = person.client.post(path, data=body, content_type=kind, headers=headers)
            yield (path, body[:9], kind), answer

    assert judged(answers()) == []


@pytest.mark.parametrize("name", ["Authorization", "Station-Proof"])
def test_no_token_is_a_failure_of_ours(house: House, name: str) -> None:
    client, scheme = house.app.test_client(), "Bearer " if name == "Authorization" else ""
    path = "/oauth/userinfo" if scheme else "/enroll/answer"

    def answers() -> Iterator[tuple[object, TestResponse]]:
        for proof in proofs():
            answer = client.post(path, data={"a": "b"}, headers={name: scheme + proof})
            assert answer.status_code in {400, 401}
            yield proof[:60], answer

    assert judged(answers()) == []


@pytest.mark.parametrize(
    "body",
    [
        {"code": "\ud800"},
        {"code": "\0", "public_key": {"kty": "EC", "crv": "P-256", "x": "\ud800", "y": "\0"}},
        {"code": "x", "public_key": {"kty": ["EC"], "crv": {}}},
        {"code": "\ud800", "public_key": "a key"},
    ],
)
def test_no_pairing_is_a_failure_of_ours(house: House, body: dict[str, object]) -> None:
    answer = house.app.test_client().post("/enroll/stations/pair", json=body)
    assert answer.status_code in {400, 410}


def test_json_nested_without_end_is_no_failure_of_ours(house: House) -> None:
    answer = house.app.test_client().post(
        "/enroll/stations/pair", data="[" * 60_000, content_type="application/json"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/enroll", "/account/", "//account", "/oauth//authorize", "/enroll//ticket"]
)
def test_no_path_is_tidied_towards_the_host_header(house: House, path: str, method: str) -> None:
    client = house.app.test_client()
    answer = client.open(path, method=method, headers={"Host": "evil.example"})
    assert "evil" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("host", ["a b", "\xff", "evil:99999", "[", "", ":", "x" * 300])
def test_no_host_is_a_failure_of_ours(house: House, host: str) -> None:
    answer = house.app.test_client().get("/account", headers={"Host": host})
    assert answer.status_code < 500
