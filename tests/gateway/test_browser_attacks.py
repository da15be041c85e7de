"""What a foreign page, a planted cookie or a borrowed step can do: nothing. One test each."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.gateway.conftest import PASSWORD, SEED, House

SESSION = "gatehouse_session"

FOREIGN = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost:8081", "Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
    {"Origin": "http://localhost:8080.evil.example"},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_login_csrf_a_foreign_page_cannot_log_the_victim_in(
    house: House, headers: dict[str, str]
) -> None:
    house.enrolled("mallory", password=PASSWORD)
    victim = house.person()
    victim.authorize(house.chatbot("bot", acr="aal1"))
    form = victim.form(action="/login/")
    sent = {**form.fields, "username": "mallory", "password": PASSWORD}
    answer = victim.client.post(form.action, data=sent, headers=headers)
    assert answer.status_code == 403
    assert victim.client.get_cookie(SESSION) is None


def test_login_csrf_the_attackers_form_token_does_not_serve_the_victim(house: House) -> None:
    house.enrolled("mallory", password=PASSWORD)
    bot, victim, attacker = house.chatbot("bot", acr="aal1"), house.person(), house.person()
    for person in (victim, attacker):
        person.authorize(bot)
    own, foreign = victim.form(action="/login/"), attacker.form(action="/login/")
    sent = {**own.fields, "csrf": foreign.fields["csrf"]}
    answer = victim.client.post(
        own.action, data={**sent, "username": "mallory", "password": PASSWORD}
    )
    assert answer.status_code == 403


def test_login_csrf_the_attackers_link_does_not_go_on_in_the_victims_browser(house: House) -> None:
    house.enrolled("mallory", password=PASSWORD)
    victim, attacker = house.person(), house.person()
    attacker.authorize(house.chatbot("bot", acr="aal1"))
    start = attacker.client.get("/oauth/authorize", query_string=house.chatbot("two").request())
    for path in (attacker.path, start.location, f"{start.location}/continue"):
        assert victim.go(path).status_code == 410
    assert not victim.arrived


def test_clickjacking_no_page_may_stand_in_a_frame(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person, pages = house.person(), []
    pages += [person.go("/"), person.authorize(house.chatbot("bot", acr="aal1", consent=True))]
    pages += [person.log_in("alice", PASSWORD), person.consent("deny")]
    pages += [person.go("/account"), person.go("/nowhere"), person.client.get("/oauth/authorize")]
    for page in pages:
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_session_fixation_a_planted_cookie_is_never_the_session_of_a_login(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    victim = house.person()
    victim.client.set_cookie(SESSION, "planted")
    victim.authorize(house.chatbot("bot", acr="aal1"))
    victim.log_in("alice", PASSWORD)
    held = victim.client.get_cookie(SESSION)
    assert held
    assert held.value != "planted"
    attacker = house.person()
    attacker.client.set_cookie(SESSION, "planted")
    assert "/login/" in attacker.go("/account").request.path


def test_session_fixation_the_attackers_session_is_not_given_the_victims_proofs(
    house: House,
) -> None:
    house.enrolled("mallory", password=PASSWORD)
    house.enrolled("alice", password=PASSWORD[::-1])
    bot, attacker, victim = house.chatbot("bot", acr="aal1"), house.person(), house.person()
    attacker.authorize(bot)
    attacker.log_in("mallory", PASSWORD)
    planted = attacker.client.get_cookie(SESSION)
    assert planted
    victim.client.set_cookie(SESSION, planted.value)
    house.clock.advance(timedelta(seconds=1))
    victim.authorize(bot, prompt="login")
    answer = victim.log_in("alice", PASSWORD[::-1])
    assert not victim.arrived, "a session goes on with the person it belongs to"
    assert "mallory" in answer.text
    assert "alice" not in attacker.go("/account").text


def test_cross_transaction_a_login_for_one_request_finishes_no_other(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person, low, high = house.person(), house.chatbot("low", acr="aal1"), house.chatbot("high")
    waiting = person.client.get("/oauth/authorize", query_string=high.request()).location
    person.authorize(low)
    person.log_in("alice", PASSWORD)
    assert person.arrived.pop("code")
    person.go(f"{waiting}/continue")
    assert person.arrived["error"] == "unmet_authentication_requirements"
    assert "code" not in person.arrived


def test_cross_transaction_a_request_answers_once(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person, bot = house.person(), house.chatbot("bot", acr="aal1")
    path = person.client.get("/oauth/authorize", query_string=bot.request()).location
    person.go(path)
    person.log_in("alice", PASSWORD)
    assert person.arrived["code"]
    assert person.go(path).status_code == 410
    assert person.go(f"{path}/continue").status_code == 410


def test_mix_up_every_answer_names_its_issuer(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person, bot = house.person(), house.chatbot("bot", acr="aal1")
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    assert person.arrived["iss"] == house.settings.issuer
    person.authorize(bot, prompt="none", scope="nothing")
    assert person.arrived["error"] == "invalid_scope"
    assert person.arrived["iss"] == house.settings.issuer


def test_errors_carry_a_reference_and_no_detail(house: House) -> None:
    person = house.person()
    for path in ("/oauth/authorize?client_id='%22<b>", "/login/unknown", "/nowhere"):
        page = person.client.get(path)
        assert page.status_code in {400, 404, 410}
        assert re.search(r"\b[0-9a-f]{16}\b", page.text)
        assert not re.search(r"Traceback|sqlalchemy|/gateway/|<b>", page.text)
