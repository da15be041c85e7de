"""What holds for every page: headers, errors, forgery, where links lead."""

from __future__ import annotations

import pytest
from flask import g

from gateway.headers import allow_forms_to
from tests.gateway.conftest import PASSWORD, Build, House


@pytest.mark.parametrize("path", ["/", "/enroll/ticket", "/nowhere", "/oauth/authorize"])
def test_headers_of_every_page(house: House, path: str) -> None:
    headers = house.person().go(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_https_cookies_are_locked_to_the_host(build: Build) -> None:
    house = build(issuer="https://login.example.org")
    answer = house.app.test_client().get("/account", base_url="https://login.example.org")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-gatehouse_")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_forged_form_is_refused(house: House, token: str | None) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.go("/account")
    data = {"username": "alice", "password": PASSWORD} | ({"csrf": token} if token else {})
    assert person.client.post(person.path, data=data).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused(house: House, headers: dict[str, str]) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.go("/account")
    fields = person.form(action="/login/").fields
    answer = person.client.post(person.path, data=fields, headers=headers)
    assert answer.status_code == 403


def test_the_host_header_changes_nothing(house: House) -> None:
    answer = house.app.test_client().get(
        "/.well-known/openid-configuration",
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert answer.json
    assert "evil" not in answer.text
    assert answer.json["issuer"] == house.settings.issuer


def test_errors_carry_a_reference_and_nothing_of_the_inside(house: House) -> None:
    answer = house.person().go("/login/" + "x" * 43)
    assert answer.status_code == 410
    page = house.app.test_client().get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "reference" in page.text
    assert "Traceback" not in page.text


def test_the_login_page_lets_its_form_end_at_the_chatbot(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    policy = person.page.headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self' http://localhost:8081")


@pytest.mark.parametrize(
    ("registered", "source"),
    [
        ("https://bot.example/cb", "https://bot.example"),
        ("http://127.0.0.1/cb", "http://127.0.0.1:*"),
        ("com.example.bot:/cb", "com.example.bot:"),
    ],
)
def test_forms_may_end_at_what_is_registered(house: House, registered: str, source: str) -> None:
    with house.app.test_request_context():
        allow_forms_to([registered])
        assert g.forms_to == [source]
