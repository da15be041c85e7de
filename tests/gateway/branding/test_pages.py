"""Pages that are shown for a client look as it wants, and still say whose house it is."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from contracts.errors import BadRequest, Unavailable
from gateway.admin.actor import user_of_the_system
from gateway.admin.opened import open_desk
from gateway.branding.looks import STALENESS
from store.clients import DYNAMIC
from tests.gateway.branding.test_pictures import BY_KIND
from tests.gateway.conftest import PASSWORD, House
from tests.gateway.oidc.test_statements import counted
from tests.walks.person import Chatbot, Person

ACME = {
    "name": "Acme & <b>Sons</b>",
    "colours": {"light": {"accent": "#7a1f5c", "house": "#3b0f2c"}},
    "texts": {
        "en": {"intro": "<script>alert(1)</script>", "help": "Call 555 0100.", "footer": "Elm St."},
        "de": {"intro": "Guten Tag."},
    },
}
Say = Callable[..., Any]


@pytest.fixture
def say(house: House) -> Say:
    desk, actor = open_desk(house.settings, house.store, house.clock), user_of_the_system()
    return lambda operation, /, **taken: desk.call(actor, operation, taken)


@pytest.fixture
def branded(house: House, say: Say) -> Person:
    bot = house.chatbot("acme", consent=True)
    say("branding.put", client_id="acme", version=0, **ACME)
    logo = b64encode(BY_KIND["png"]).decode()
    say("branding.set_logo", client_id="acme", version=1, logo=logo)
    person = house.person()
    person.authorize(bot)
    return person


def sheets(page: str) -> list[str]:
    return re.findall(r'rel="stylesheet" href="(/branding/[^"]+)"', page)


def test_a_login_for_a_client_looks_as_it_wants(branded: Person) -> None:
    page = branded.page
    assert "Acme &amp; &lt;b&gt;Sons&lt;/b&gt;" in page.text
    assert "Login by Gatehouse" in branded.words
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "Call 555 0100." in branded.words
    [sheet] = sheets(page.text)
    css = branded.client.get(sheet)
    assert css.mimetype == "text/css"
    assert "--pine: #7a1f5c;" in css.text
    assert css.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "style-src 'self';" in page.headers["Content-Security-Policy"]
    assert 'content="#3b0f2c" media="(prefers-color-scheme: light)"' in page.text


def test_its_logo_is_served_as_what_it_is(branded: Person) -> None:
    found = re.search(r'src="(/branding/client/acme/[0-9a-f]{16}/logo)"', branded.page.text)
    assert found
    logo = branded.client.get(found[1])
    assert logo.content_type == "image/png"
    assert logo.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in logo.headers["Cache-Control"]
    assert "Set-Cookie" not in logo.headers
    older = branded.client.get("/branding/client/acme/0000000000000000/logo")
    assert older.headers["Cache-Control"] == "no-store"
    assert older.data == logo.data


def test_so_do_the_pages_after_it(house: House, branded: Person) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    branded.log_in("bob", PASSWORD)
    assert sheets(branded.page.text)
    branded.choose("b•••@example.org")
    assert sheets(branded.page.text)
    [message] = house.sent()
    assert message["subject"] == "Your Acme & <b>Sons</b> (Gatehouse) code"
    assert "Elm St." in branded.words
    branded.answer(code=message["text"].split()[0])
    assert "Allow" in branded.words
    assert sheets(branded.page.text)


def test_our_own_pages_do_not(house: House, branded: Person) -> None:
    assert not sheets(branded.go("/").text)
    other = house.person()
    other.authorize(house.chatbot("other"))
    assert not sheets(other.page.text)
    assert "Login by" not in other.words


def test_words_are_in_the_language_of_the_page_or_in_english(house: House, branded: Person) -> None:
    person = house.person()
    page = person.authorize(Chatbot("acme"), ui_locales="de")
    assert 'lang="de"' in page.text
    assert "Guten Tag." in person.words
    assert "Call 555 0100." in person.words
    assert "<script>alert" not in page.text


def test_the_house_shows_through_where_a_client_says_nothing(house: House, say: Say) -> None:
    bot = house.chatbot("acme")
    house_says = {"light": {"house": "#102040"}}
    say("branding.put", version=0, colours=house_says, texts={"en": {"footer": "House."}})
    say("branding.put", client_id="acme", version=0, name="Acme")
    person = house.person()
    person.authorize(bot)
    assert "House." in person.words
    assert "Acme Login by Gatehouse" in person.words
    [sheet] = sheets(person.page.text)
    assert sheet.startswith("/branding/house/")
    assert "#102040" in person.client.get(sheet).text
    assert sheets(person.go("/").text) == [sheet]


def test_a_change_is_seen_within_its_bound_and_costs_no_page_a_statement(
    house: House, say: Say, branded: Person
) -> None:
    before = sheets(branded.page.text)
    say("branding.put", client_id="acme", version=2, **{**ACME, "colours": {}})
    assert sheets(branded.go(branded.path).text) == before
    house.clock.advance(STALENESS + timedelta(seconds=1))
    with counted() as asked:
        assert not sheets(branded.go(branded.path).text)
        branded.go(branded.path)
    assert len([statement for statement in asked if "brandings" in statement]) == 1


def test_it_goes_with_its_client(house: House, branded: Person, say: Say) -> None:
    [sheet] = sheets(branded.page.text)
    say("clients.remove", client_id="acme")
    house.clock.advance(STALENESS)
    assert branded.client.get(sheet).status_code == 404
    with house.store.read() as tx:
        assert tx.brandings.get("acme").version == 0


def test_a_page_that_says_that_the_database_is_down_looks_as_it_ships(
    house: House, branded: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.clock.advance(STALENESS)

    def down() -> NoReturn:
        raise Unavailable(detail="the database is down")

    monkeypatch.setattr(house.store, "read", down)
    branded.client.environ_base |= {"HTTP_ACCEPT": "text/html"}
    page = branded.go(branded.path)
    assert page.status_code == 503
    assert not sheets(page.text)
    assert "Gatehouse" in branded.words


def test_a_client_that_nobody_vouches_for_has_none(house: House, say: Say) -> None:
    house.chatbot("acme")
    with house.store.write() as tx:
        held = tx.clients.get("acme")
        assert held
        tx.clients.put(replace(held, source=DYNAMIC))
    with pytest.raises(BadRequest, match="Nobody vouches"):
        say("branding.put", client_id="acme", version=0, name="Your Bank")


@pytest.mark.parametrize(
    "path",
    [
        "/branding/client/nobody/0123456789abcdef.css",
        "/branding/client/nobody/0123456789abcdef/logo",
        "/branding/client/acme%0d%0aSet-Cookie:%20x=1/0123456789abcdef.css",
        "/branding/client/..%2f..%2fetc%2fpasswd/0/logo",
        "/branding/client//0.css",
        "/branding/client/" + "a" * 3000 + "/0.css",
        "/branding/house/0.css",
        "/branding/house/0/logo",
    ],
)
def test_there_is_nothing_at_other_addresses(house: House, path: str) -> None:
    answer = house.person().client.get(path)
    assert answer.status_code == 404
    assert "x=1" not in json.dumps(dict(answer.headers))
