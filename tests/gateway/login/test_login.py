"""Logging in: what is asked, what is said, what cannot be mixed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Subject, Template, Verdict
from contracts.text import Text
from store.models import logins
from tests.fakes.authenticator import Authenticator
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.walks.person import Person

WRONG = "The name or the password is not right."


def code(house: House) -> str:
    """Return the six digits of the last message."""
    found = re.search(r"\b\d{6}\b", house.sent()[-1]["text"])
    assert found
    return found.group()


def test_password_and_authenticator_app_are_aal2(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    bot, person = house.chatbot("bot"), house.person()
    person.authorize(bot)
    person.log_in("Alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["code"]
    assert person.arrived["iss"] == house.settings.issuer


def test_email_code_is_sent_and_typed_back(house: House) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    bot, person = house.chatbot("bot"), house.person()
    person.authorize(bot)
    person.log_in("bob", PASSWORD)
    person.choose("b•••@example.org")
    person.answer(code=code(house))
    assert person.arrived["code"]


@pytest.mark.parametrize("username", ["nobody", "alice", "disabled"])
def test_unknown_wrong_and_disabled_answer_alike(house: House, username: str) -> None:
    house.enrolled("alice", password=PASSWORD)
    gone = house.enrolled("disabled", password=PASSWORD)
    with house.store.write() as tx:
        tx.accounts.set_disabled(gone, True)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    given = PASSWORD if username == "disabled" else "not my password"
    answer = person.log_in(username, given)
    assert answer.status_code == 401
    assert WRONG in person.words


def test_a_locked_name_waits_whatever_its_password(build: Build) -> None:
    house = build(failures_per_hour=2, failures_per_login=100)
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot", acr="aal1"))
    for _ in range(2):
        person.log_in("alice", "not my password")
    assert person.log_in("alice", PASSWORD).status_code == 429
    assert "Wait 60 minutes" in person.words
    assert person.page.headers["Retry-After"] == "3600"
    house.clock.advance(timedelta(hours=1, seconds=1))
    person.authorize(house.chatbot("other", acr="aal1"))
    person.log_in("alice", PASSWORD)
    assert person.arrived["code"]


def test_five_wrong_answers_end_a_login(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    here = person.path
    for _ in range(4):
        assert person.log_in("alice", "not my password").status_code == 401
        house.clock.advance(timedelta(seconds=2))
    assert person.log_in("alice", "not my password").status_code == 429
    assert person.go(here).status_code == 410


def test_factors_are_shown_only_after_the_first_proof(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    assert "Authenticator" not in person.words
    person.log_in("alice", "not my password")
    assert "Authenticator" not in person.words


def test_a_factor_that_was_not_offered_is_refused(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    form = person.form(action="/login/")
    token = form.fields["csrf"]
    early = person.client.post(form.action + "/factor", data={"factor": "totp", "csrf": token})
    assert early.status_code == 403
    person.log_in("alice", PASSWORD)
    forged = {"factor": "voice", "credential": "", "csrf": token}
    assert person.client.post(form.action + "/factor", data=forged).status_code == 403


@pytest.mark.rule(2)
def test_a_login_belongs_to_one_browser(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person, thief = house.person(), house.person()
    person.authorize(house.chatbot("bot"))
    assert thief.go(person.path).status_code == 410


@pytest.mark.rule(2)
def test_a_ceremony_belongs_to_one_login(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    bot, person = house.chatbot("bot"), house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    stolen = person.form(action="/answer").fields["ceremony"]
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    answer = person.answer(ceremony=stolen, code=house.totp())
    assert answer.status_code == 410
    assert not person.arrived


@pytest.mark.rule(2)
def test_a_session_is_never_offered_another_accounts_factor(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    house.enrolled("mallory", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("low", acr="aal1"))
    person.log_in("mallory", PASSWORD)
    person.authorize(house.chatbot("high"), login_hint="alice")
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["code"]
    assert "mallory" in person.go("/account").text


@pytest.mark.rule(2)
def test_step_up_does_not_change_the_person(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    house.enrolled("mallory", password=PASSWORD)
    bot, person = house.chatbot("low", acr="aal1"), house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    house.clock.advance(timedelta(seconds=1))
    person.authorize(bot, prompt="login")
    person.log_in("mallory", "whatever it is")
    assert "alice" in person.page.text
    assert not person.arrived


def test_the_session_cookie_changes_with_every_proof(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("low", acr="aal1"))
    person.log_in("alice", PASSWORD)
    first = person.client.get_cookie("gatehouse_session")
    person.authorize(house.chatbot("high"))
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    second = person.client.get_cookie("gatehouse_session")
    assert first
    assert second
    assert first.value != second.value
    person.client.set_cookie("gatehouse_session", first.value)
    assert "/login/" in person.go("/account").request.path


def test_cancel_goes_back_to_the_chatbot(house: House) -> None:
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.fill(person.form(action="/cancel"))
    assert person.arrived["error"] == "access_denied"


def test_a_missing_factor_is_enrolled_on_the_way(house: House) -> None:
    house.enrolled("carol", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("carol", PASSWORD)
    person.choose("Code by e-mail or phone")
    person.answer(address="carol@example.org")
    person.answer(code=code(house))
    assert person.arrived["code"]


def options(person: Person) -> Any:
    """Return what the page hands to the browser's WebAuthn call."""
    found = re.search(r"passkey-\w+\W+data-options='([^']+)'", person.page.text)
    assert found
    return json.loads(found.group(1))


def test_a_passkey_made_on_the_way_is_acknowledged_and_used_once(house: House) -> None:
    house.enrolled("carol", password=PASSWORD)
    device, person = Authenticator(house.settings.issuer), house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("carol", PASSWORD)
    person.choose("Passkey")
    person.answer(credential=device.create(options(person)))
    assert "It is set up. Now use it once." in person.words
    person.choose("Passkey")
    person.answer(credential=device.get(options(person)))
    assert person.arrived["code"]


def test_nothing_is_enrolled_on_the_way_before_all_was_proven(house: House) -> None:
    house.enrolled("dave", password=PASSWORD, otp="dave@example.org")
    person = house.person()
    person.authorize(house.chatbot("bot", acr="aal2"))
    person.log_in("dave", PASSWORD)
    assert "Set up another way" not in person.words
    person.choose("d•••@example.org")
    person.answer(code=code(house))
    assert "Set up another way" in person.words


def test_where_policy_forbids_it_the_client_hears_that_the_level_is_unmet(build: Build) -> None:
    house = build(enroll_on_the_way=False)
    house.enrolled("carol", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("carol", PASSWORD)
    assert person.arrived["error"] == "unmet_authentication_requirements"


class Deaf:
    """A biometric that never recognises anybody."""

    name, title, kind, amr = "voice", Text("Voice"), Kind.INHERENCE, ("vbm",)
    many, pick, usernameless = False, False, False
    on_the_way, silent = True, False

    def begin_verify(self, subject: Subject | None, enrolled: Sequence[Enrolled]) -> Challenge:
        return Challenge([Ask("word", "text", Text("Speak"))])

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        return Verdict(False, reason="another voice")

    def prospect(self, enrolled: Sequence[Enrolled]) -> Verdict:
        return Verdict(True, amr=self.amr, kinds=frozenset({self.kind}))

    def claimed(self, answer: Answer) -> str | None:
        return None


def test_a_biometric_rests_after_five_refusals_until_other_factors_log_in(build: Build) -> None:
    house = build(factors={"voice": Deaf()}, failures_per_login=100)
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.credentials.add(alice, "voice", Template(b"voice", "deaf/1"))
    bot, person = house.chatbot("bot"), house.person()
    wanted = {"acr_values": "mfa+voice"}
    person.authorize(bot, **wanted)
    person.log_in("alice", PASSWORD)
    for _ in range(5):
        person.choose("Voice")
        person.answer(word="hello")
        house.clock.advance(timedelta(seconds=4))
    assert "Voice" not in person.words
    with house.store.read() as tx:
        assert [c.failures for c in tx.credentials.list(alice) if c.factor == "voice"] == [5]
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    assert person.arrived["code"]
    with house.store.read() as tx:
        assert [c.failures for c in tx.credentials.list(alice) if c.factor == "voice"] == [0]


class Grader(Deaf):
    """A biometric that scores what it is told to, never enough."""

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        score = float(answer.fields["word"])
        return Verdict(False, enrolled[0].credential_id, score, "another voice")


def test_a_refusal_does_not_tell_how_near_it_was(build: Build) -> None:
    house = build(factors={"voice": Grader()})
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.credentials.add(alice, "voice", Template(b"voice", "grader/1"))
    person, pages = house.person(), []
    person.authorize(house.chatbot("bot"), acr_values="mfa+voice")
    person.log_in("alice", PASSWORD)
    for score in ("0.1", "0.599"):
        person.choose("Voice")
        pages.append((person.answer(word=score).status_code, person.page.text))
    assert pages[0] == pages[1]
    with house.store.read() as tx:
        assert [e.detail.get("score") for e in tx.audit.list(2)] == [0.599, 0.1]


@pytest.mark.parametrize(("enrol", "arrived"), [(True, "/login/"), (False, "/account")])
def test_a_factor_is_added_on_the_way_only_where_that_is_wanted(
    house: House, enrol: bool, arrived: str
) -> None:
    """Whoever asks for a passkey of somebody who has none may want none made for the occasion."""
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.go("/account")
    with house.store.database.write() as connection:
        found = connection.execute(select(logins.c.requirement)).scalar_one()
        asked = {**found, "required_acr": "phr", "enrol": enrol}
        connection.execute(logins.update().values(requirement=asked))
    person.log_in("alice", PASSWORD)
    assert person.path.startswith(arrived)
