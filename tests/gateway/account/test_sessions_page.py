"""My sessions and my applications: what they are called, and that they can be ended."""

from __future__ import annotations

import pytest

from tests.gateway.account.test_account import allowed, logged_in
from tests.gateway.conftest import PASSWORD, House
from tests.walks.forms import read
from tests.walks.person import Chatbot, Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def on(house: House, agent: str, address: str = "203.0.113.7") -> Person:
    person = house.person()
    person.client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    person.go("/account")
    person.log_in("alice", PASSWORD)
    return person


def test_a_session_is_a_device_in_words_and_an_address(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    on(house, "Mozilla/5.0 (Linux; Android 10; K) Chrome/131.0.0.0 Mobile")
    here = on(house, "<script>Firefox/133.0 Windows NT", "2001:db8::7")
    here.go("/account/sessions")
    assert "Firefox on Windows This one" in here.words
    assert "from 2001:db8::7" in here.words
    assert "Chrome on Android Since" in here.words
    assert "from 203.0.113.7" in here.words
    assert "<script>Firefox" not in here.page.text


def test_of_a_browser_no_word_is_kept(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD)
    on(house, "Canary/4711 Chrome/131 Windows")
    with house.store.read() as tx:
        [session] = tx.sessions.list(account)
        trail = [record.detail for record in tx.audit.list(100)]
    assert (session.agent, session.source) == ("Chrome/Windows", "203.0.113.7")
    assert "Canary" not in str(trail)


def test_the_language_of_the_login_is_kept(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    person.go("/account")
    person.log_in("alice", PASSWORD)
    with house.store.read() as tx:
        alice = tx.accounts.find("alice")
    assert alice
    assert alice.language == "de"


def test_all_but_this_one_end(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    other, here = logged_in(house), logged_in(house)
    here.go("/account/sessions")
    here.fill(here.form(action="/account/end-others"))
    assert "/login/" in other.go("/account").request.path
    assert here.go("/account").request.path == "/account"
    here.go("/account/sessions")
    assert "/account/end-others" not in here.page.text


def test_an_application_that_was_never_asked_about_is_shown_and_ended(house: House) -> None:
    person = allowed(house)
    own = Chatbot("own")
    person.authorize(own, scope="openid profile")
    answer = person.client.post("/oauth/token", data=own.redemption(person.arrived["code"]))
    bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
    person.go("/account/applications")
    assert "Asks" in person.words
    assert "Own" in person.words
    person.fill(next(f for f in read(person.page.text) if f.fields.get("client") == "own"))
    assert "Own" not in person.words
    assert "Asks" in person.words
    assert person.client.get("/oauth/userinfo", headers=bearer).status_code == 401
