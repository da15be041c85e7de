"""A login speaks the language that the client asks for (OpenID Connect Core, `ui_locales`)."""

from __future__ import annotations

import re

from tests.gateway.conftest import PASSWORD, House


def test_a_login_speaks_the_language_that_the_client_asks_for(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, otp="alice@example.org")
    person, bot = house.person(), house.chatbot("bot", consent=True)
    person.authorize(bot, ui_locales="tlh fr-CA de")
    assert '<html lang="fr" dir="ltr">' in person.page.text
    assert "Bot demande qui vous êtes" in person.words
    assert person.log_in("alice", "a wrong passphrase").status_code == 401
    assert "Le nom ou le mot de passe est incorrect." in person.words
    person.log_in("alice", PASSWORD)
    person.choose("Code par e-mail")
    [message] = house.sent()
    assert "est votre code Gatehouse" in message["text"]
    code = re.search(r"\d{6}", message["text"])
    assert code
    person.answer(code=code.group())
    assert "Autoriser Bot ?" in person.words
    person.go("/account")
    assert '<html lang="en" dir="ltr">' in person.page.text


def test_without_a_wish_the_browser_s_own_language_counts(house: House) -> None:
    person = house.person()
    person.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
    person.authorize(house.chatbot("bot"), ui_locales="tlh")
    assert '<html lang="es" dir="ltr">' in person.page.text
