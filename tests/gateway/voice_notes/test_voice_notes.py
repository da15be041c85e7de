"""A login is answered in a chat, by the pages and the endpoint as they ship."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc.util import urlsafe_b64decode

from store.client_metadata import ClientMetadata
from tests.gateway.conftest import PASSWORD
from tests.gateway.voice_notes.conftest import Talk, change_client

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_voice_message_adds_to_a_possession_and_the_login_goes_on_in_the_browser(
    talk: Talk,
) -> None:
    talk.ask()
    assert talk.offered()
    talk.take()
    assert talk.words() == "0 0 1"
    answer = talk.send()
    assert (answer.status_code, answer.get_json()) == (200, {"result": "accepted"})
    assert not talk.arrived()
    talk.look()
    assert talk.arrived()
    said = urlsafe_b64decode(talk.token().split(".")[1].encode())
    assert b'"acr":"mfa+voice"' in said
    assert b'"vbm"' in said
    [noted] = [each for each in talk.trail("factor.accepted") if each["factor"] == "voice"]
    assert (noted["client"], noted["forwarded"]) == ("bot", True)
    assert [each.forwarded for each in talk.voice.heard] == ["bot"]
    with talk.house.store.read() as tx:
        [session] = tx.sessions.list(talk.alice)
        [voice] = [each for each in tx.credentials.list(talk.alice) if each.factor == "voice"]
    assert [each.factor for each in session.events if each.proof.forwarded] == ["voice"]
    assert voice.last_used_at
    assert not voice.last_used_from


def test_it_is_no_second_kind_beside_a_possession(talk: Talk) -> None:
    talk.ask()
    talk.take()
    with talk.house.store.write() as tx:
        [login] = tx.logins.under_way(talk.alice)
        held = [each for each in login.events if each.factor == "totp"]
        assert tx.logins.advance(login, account_id=talk.alice, events=held)
    assert talk.send().status_code == 403
    assert not talk.voice.heard


def test_it_never_makes_aal2(talk: Talk) -> None:
    with talk.house.store.write() as tx:
        tx.credentials.remove_factor(talk.alice, "totp")
        mail = talk.house.factors["otp"].adopt("alice@example.org")  # type: ignore[attr-defined]
        tx.credentials.add(talk.alice, "otp", mail)
    wanted = {"acr_values": "aal2+voice aal2 mfa+voice", "prompt": "login", "state": "one"}
    talk.person.authorize(talk.bot, **wanted)
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Code by e-mail")
    talk.person.answer(code=talk.house.code())
    talk.take()
    talk.send()
    talk.look()
    assert b'"acr":"mfa+voice"' in urlsafe_b64decode(talk.token().split(".")[1].encode())


def test_the_page_shows_whether_something_came(talk: Talk) -> None:
    talk.ask()
    talk.take()
    status = f"{talk.person.path}/status"
    before = talk.person.client.get(status).get_json()
    assert talk.person.client.get(status).get_json() == before
    talk.send(b"quiet")
    assert talk.person.client.get(status).get_json() != before
    talk.look()
    assert "too quiet" in talk.person.words
    assert talk.send().get_json() == {"result": "accepted"}


def test_a_refused_person_can_have_new_words(talk: Talk) -> None:
    talk.ask()
    talk.take()
    first = talk.words()
    assert talk.send(b"eve").get_json() == {"result": "refused"}
    talk.look()
    assert "That was not right" in talk.person.words
    talk.person.fill(talk.person.form(action="/note"))
    assert talk.words() != first
    assert talk.send().get_json() == {"result": "accepted"}


def test_nobody_is_offered_what_no_admin_has_switched_on(talk: Talk) -> None:
    change_client(talk.house, "bot", ClientMetadata())
    talk.ask()
    assert "Voice" in talk.person.words
    assert not talk.offered()


def test_a_request_without_a_name_cannot_be_answered_elsewhere(talk: Talk) -> None:
    talk.ask(state="")
    assert not talk.offered()


def test_a_possession_that_was_shown_before_is_none_of_this_transaction(talk: Talk) -> None:
    talk.person.authorize(talk.bot)
    talk.person.log_in("alice", PASSWORD)
    talk.person.choose("Authenticator app")
    talk.person.answer(code=talk.house.totp())
    talk.house.clock.advance(timedelta(seconds=1))
    talk.person.authorize(talk.bot, acr_values="mfa+voice", state="one")
    assert "Voice" in talk.person.words
    assert not talk.offered()
    refused = talk.person.client.post(
        f"{talk.person.path}/note", data=talk.person.form(action="/factor").fields
    )
    assert refused.status_code == 403


def test_nothing_happens_without_consent(talk: Talk) -> None:
    talk.ask()
    talk.person.fill(talk.person.form(action="/note"))
    assert "It never gets your voiceprint" in talk.person.words
    assert talk.send().status_code == 403
    talk.person.fill(talk.person.form(action="/note"), consent="")
    assert talk.person.page.status_code == 422
    talk.person.fill(talk.person.form(action="/note"), consent="0")
    assert talk.person.page.status_code == 422
    talk.person.fill(talk.person.form(action="/note"), consent="1")
    assert talk.send().status_code == 200
    [agreed] = talk.trail("voice_notes.agreed")
    assert agreed["client"] == "bot"


def test_consent_is_listed_and_taken_back_on_the_account_page(talk: Talk) -> None:
    talk.ask()
    talk.take()
    talk.send()
    talk.look()
    talk.person.go("/account/applications")
    assert "Answers by voice message" in talk.person.words
    talk.person.go("/account/voice-notes")
    assert "Bot" in talk.person.words
    talk.person.fill(talk.person.form(action="/withdraw"))
    assert "Withdrawn." in talk.person.words
    assert talk.trail("voice_notes.withdrawn")
    talk.person.go("/account/voice-notes/agree", client="bot")
    talk.person.fill(talk.person.form(action="/agree"), consent="1")
    assert "You can answer there" in talk.person.words
    talk.person.go("/account/history")
    assert "You let an application hand on your voice messages" in talk.person.words


def test_whoever_withdraws_an_application_withdraws_this_too(talk: Talk) -> None:
    talk.ask()
    talk.take()
    talk.send()
    talk.look()
    talk.person.go("/account/applications")
    talk.person.fill(talk.person.form(action="/account/withdraw"))
    talk.house.clock.advance(timedelta(seconds=30))
    talk.ask(state="two")
    talk.person.fill(talk.person.form(action="/note"))
    assert "I have read this" in talk.person.words


def test_a_consent_is_exported_and_ends_with_a_restored_backup(talk: Talk) -> None:
    talk.ask()
    talk.take()
    with talk.house.store.write() as tx:
        [kept] = tx.voice.consents.list(talk.alice)
        assert (kept.client_id, kept.version, kept.stands) == ("bot", 1, True)
        tx.voice.consents.withdraw_all()
        assert not tx.voice.consents.stands(talk.alice, "bot", 1)
    assert talk.send().status_code == 403
