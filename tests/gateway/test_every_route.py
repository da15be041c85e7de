"""Every route there is, walked by the map of the application: a new one is covered by itself."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from gateway import logs
from gateway.app import MACHINES
from gateway.browser import UNSAFE
from store.models import keystore_metadata, metadata
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.walks.forms import Form, read
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVIL = "evil.example"
FORWARDED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"//{EVIL}/",
    "X-Rewrite-URL": f"//{EVIL}/",
    "Forwarded": f"for=1.2.3.4;host={EVIL};proto=https",
    "Referer": f"https://{EVIL}/",
}
INJECTED = "\r\nX-Injected: 1\r\n\r\n<b>\x1b[31m\n"
CHANGING = {"audit", "limits", "logins", "interactions", "ceremonies", "once", "outbox"}
"""Tables that say what somebody tried, or wait for somebody: a walk leaves rows in them."""


@pytest.fixture
def house(build: Build) -> House:
    """A house with all its doors open, and without limits, for whoever walks through all of it."""
    doors: dict[str, Any] = {"registration": "open", "client_registration": "open"}
    return build(limits="off", failures_per_login=10**6, **doors)


def rules(house: House, *methods: str) -> Iterator[tuple[str, Rule]]:
    """Every rule with each of these methods that it takes."""
    for rule in sorted(house.app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) & set(methods)):
            yield method, rule


def path(rule: Rule, part: str = "x") -> str:
    """A path that the rule matches."""
    return re.sub(r"<[^>]+>", part, rule.rule)


def at_home(house: House, name: str) -> Person:
    """A person with two factors who has just logged in and looks at their account."""
    house.enrolled(name, password=PASSWORD, totp=SEED, otp=f"{name}@example.org")
    person = house.person()
    person.authorize(house.chatbot(f"bot-of-{name}", consent=True))
    person.log_in(name, PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.consent()
    person.go("/account")
    return person


def token(person: Person) -> str:
    """The token against forgery that this browser's pages carry."""
    person.go("/account")
    return person.form().fields["csrf"]


def held(house: House) -> dict[str, list[Any]]:
    """All rows that say what people have."""
    with house.store.database.read() as connection:
        tables = [t for t in metadata.sorted_tables if t.name not in CHANGING]
        found = {t.name: sorted(map(repr, connection.execute(select(t)))) for t in tables}
    with house.store.keystore.database.read() as connection:
        for table in keystore_metadata.sorted_tables:
            found[table.name] = sorted(map(repr, connection.execute(select(table))))
    return found


FORGED: tuple[tuple[dict[str, str], bool], ...] = (
    ({}, False),
    ({"Origin": f"https://{EVIL}"}, True),
    ({"Origin": "null"}, True),
    ({"Origin": "http://localhost:8081", "Sec-Fetch-Site": "same-site"}, True),
)
"""Headers of somebody else's page, and whether it has stolen the token."""


def test_no_state_changes_for_a_page_of_somebody_else(house: House) -> None:
    """Without the token every change is refused; from another origin with the right one too."""
    person = at_home(house, "alice")
    csrf, before, got = token(person), held(house), {}
    for method, rule in rules(house, *UNSAFE):
        if rule.endpoint in MACHINES:
            continue
        for number, (headers, right) in enumerate(FORGED):
            sent = {"csrf": csrf} if right else {}
            answer = person.client.open(path(rule), method=method, data=sent, headers=headers)
            got[method, rule.rule, number] = answer.status_code
    assert len(got) > 80
    assert {where: status for where, status in got.items() if status != 403} == {}
    assert held(house) == before


def test_a_question_changes_nothing(house: House) -> None:
    """Whoever is logged in may be sent to any address: a GET leaves all that people have alone."""
    person = at_home(house, "alice")
    before = held(house)
    for method, rule in rules(house, "GET"):
        person.client.open(path(rule), method=method)
    after = held(house)
    assert {name for name in before if before[name] != after[name]} <= {"sessions"}
    assert "alice" in person.go("/account").text


def test_endpoints_of_programs_read_no_cookie(house: House) -> None:
    """They carry no token against forgery, so nothing there may count for being logged in."""
    person, stranger = at_home(house, "alice"), house.app.test_client()

    def said(answer: TestResponse) -> object:
        return answer.status_code, re.sub(r"[0-9a-f]{16}|\d{9,}", "", answer.text)

    walked = [(m, r) for m, r in rules(house, *UNSAFE) if r.endpoint in MACHINES]
    assert walked
    for method, rule in walked:
        for sent in ({}, {"client_id": "bot-of-alice", "token": "x", "grant_type": "password"}):
            with_cookies = person.client.open(path(rule), method=method, data=sent)
            without = stranger.open(path(rule), method=method, data=sent)
            assert said(with_cookies) == said(without), rule.rule


@pytest.mark.parametrize("headers", [{"Host": EVIL}, {"Host": f"localhost:8080.{EVIL}"}, FORWARDED])
def test_no_header_changes_where_anything_leads(house: House, headers: dict[str, str]) -> None:
    """Neither Host nor what a proxy might have said is in a link, redirect, cookie or policy."""
    person = at_home(house, "alice")
    for method, rule in rules(house, "GET", "POST"):
        answer = person.client.open(path(rule), method=method, headers=headers)
        assert EVIL not in answer.get_data(as_text=True), (method, rule.rule)
        assert not [value for _, value in answer.headers if EVIL in value], (method, rule.rule)
        answer.close()
    said = house.app.test_client().get("/.well-known/openid-configuration", headers=headers)
    if said.status_code == 200:
        assert said.get_json()["issuer"] == house.settings.issuer


def test_no_value_becomes_a_header_or_a_tag(house: House) -> None:
    """What is sent comes back in no header of its own, and on no page as anything but text."""
    person = at_home(house, "alice")
    csrf = token(person)
    names = {name for page in PAGES for form in forms(person, page) for name in form.fields}
    sent = {**dict.fromkeys(names | {"state", "redirect_uri", "client_id"}, INJECTED), "csrf": csrf}
    for method, rule in rules(house, "GET", "POST"):
        given = {"data": sent} if method == "POST" else {"query_string": sent}
        answer = person.client.open(path(rule, "%0d%0aX-Injected:1"), method=method, **given)
        assert "X-Injected" not in answer.headers, (method, rule.rule)
        assert not any("\n" in value or "\r" in value for _, value in answer.headers)
        assert "<b>" not in answer.get_data(as_text=True) or answer.mimetype != "text/html"
        answer.close()


def test_no_value_becomes_a_line_of_the_log(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, addresses and programs with line ends and colours stay within one JSON object."""
    root, person = logging.getLogger(), house.person()
    before, level = root.handlers[:], root.level
    person.go("/account")
    form, agent = person.form(action="/login/"), "curl\x1b[31m\tx"
    capsys.readouterr()
    logs.configure()
    try:
        for method, rule in rules(house, "GET", "POST"):
            sent = {
                **form.fields,
                "username": INJECTED,
                "password": INJECTED,
                "client_id": INJECTED,
            }
            given = {"data": sent} if method == "POST" else {"query_string": sent}
            own = {"User-Agent": agent, "Authorization": "Basic \x1b[31m{}"}
            where = path(rule, "%0d%0a%1b[31m")
            person.client.open(where, method=method, headers=own, **given).close()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 20
    for line in lines:
        assert isinstance(json.loads(line), dict)
        assert "\x1b" not in line


PAGES = ("/account", "/requests", "/device", "/account/sessions", "/account/data", "/enroll/ticket")


def forms(person: Person, page: str) -> list[Form]:
    """The forms of a page, where there is such a page."""
    return read(person.go(page).text)


def test_no_step_of_one_account_serves_another(house: House) -> None:
    """Every form that the pages of bob hold, sent by alice with her own token: bob keeps all."""
    alice, bob = at_home(house, "alice"), at_home(house, "bob")
    with house.store.read() as tx:
        account_id = tx.accounts.find("bob").id  # type: ignore[union-attr]
    before = held(house)
    found = [form for page in PAGES for form in forms(bob, page)]
    bob.authorize(house.chatbot("third", consent=True))
    found += read(bob.page.text)
    csrf = token(alice)
    mine = {
        value for page in PAGES for form in forms(alice, page) for value in form.fields.values()
    }
    tried = [form for form in found if set(form.fields.values()) - mine - {""}]
    assert len(tried) >= 4, "credentials, sessions, applications and a consent"
    for form in tried:
        alice.client.post(form.action, data={**form.fields, "csrf": csrf})
    after = held(house)
    for name, rows in before.items():
        his = {row for row in rows if account_id in row}
        assert his <= set(after[name]), name
    assert "bob" in bob.go("/account").text, "the session of bob goes on"
