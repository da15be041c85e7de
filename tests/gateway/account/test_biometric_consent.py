"""What a person agreed to have measured: read, given anew, withdrawn on their account page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.abilities import Consent
from contracts.factor import Answer, Enrolled, Subject, Template, Verdict
from contracts.text import Text
from gateway.account.export import Export
from tests.enrollment.conftest import Loudness
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.walks.forms import read
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = "/account/consent/voice"
NEWER = Consent(2, (Text("Your loudness is compared with others'."),))


class Voice(Loudness):
    """Recognises whoever has a template."""

    def __init__(self) -> None:
        super().__init__()
        self.consent = replace(Loudness.consent)

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        return Verdict(True, enrolled[0].credential_id, amr=("vbm",), kinds=frozenset({self.kind}))


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def house(build: Build, voice: Voice) -> House:
    return build(factors={"voice": voice})


@pytest.fixture
def vera(house: House) -> str:
    account_id = house.enrolled("vera", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.biometric_consents.give(account_id, "voice", 1, "browser")
        tx.credentials.add(account_id, "voice", Template(b"voice", "loudness-1"))
    return account_id


def at_home(house: House) -> Person:
    """Vera, who has just proven all that she has."""
    person = house.person()
    person.go("/account")
    person.log_in("vera", PASSWORD)
    person.fill(person.form(action="/enroll/password"))
    prove(house, person)
    person.go("/account")
    return person


def prove(house: House, person: Person) -> None:
    """Give what a login asks for."""
    while person.path.startswith("/login/"):
        if "Authenticator app" in person.words:
            person.choose("Authenticator app")
            person.answer(code=house.totp())
        else:
            person.choose("Your voice")
            person.answer()


def held(house: House, account_id: str) -> list[str]:
    with house.store.read() as tx:
        return sorted(each.factor for each in tx.credentials.list(account_id))


def test_withdrawing_is_one_button_and_deletes_at_once(house: House, vera: str) -> None:
    person = at_home(house)
    assert "Your consent" in person.words
    page = person.go(PAGE)
    assert "What you agreed to" in person.words
    assert "Your loudness is kept." in person.words
    assert "It is also deleted once you have not used it for 365 days." in person.words
    assert page.status_code == 200
    house.sent()
    person.fill(person.form(action="/withdraw"))
    assert "Withdrawn. What was measured of you is deleted." in person.words
    assert held(house, vera) == ["password", "totp"]
    [message] = house.sent()
    assert "You can no longer log in" in message["text"]
    person.go("/account/history")
    assert "Your consent to be measured ended" in person.words


def test_removing_the_factor_ends_the_consent_too(house: House, vera: str) -> None:
    person = at_home(house)
    with house.store.read() as tx:
        [voice] = [each.id for each in tx.credentials.list(vera) if each.factor == "voice"]
    forms = [form for form in read(person.page.text) if form.action == "/account/remove"]
    person.fill(next(form for form in forms if form.fields["credential"] == voice))
    with house.store.read() as tx:
        [consent] = tx.biometric_consents.list(vera)
    assert not consent.stands


def test_new_words_are_agreed_to_on_the_account_page(house: House, vera: str, voice: Voice) -> None:
    voice.consent = NEWER
    person = at_home(house)
    assert "It rests until you agree to how it is used now, or withdraw." in person.words
    person.go(PAGE)
    assert "What you are asked to agree to" in person.words
    agree = person.form(text="Agree")
    assert person.fill(agree, consent="").status_code == 422
    assert "Nothing is measured without your consent." in person.words
    assert person.fill(agree, consent="1").status_code == 422, "the words of before"
    person.fill(agree, consent="2")
    assert "You can use it from now on." in person.words
    assert "It rests" not in person.words
    with house.store.read() as tx:
        assert [(each.version, each.stands) for each in tx.biometric_consents.list(vera)] == [
            *((1, False), (2, True))
        ]


def test_a_login_offers_no_voice_that_was_not_agreed_to(
    house: House, vera: str, voice: Voice
) -> None:
    bot = house.chatbot("bot")
    for consent, offered in ((voice.consent, True), (NEWER, False)):
        voice.consent = consent
        person = house.familiar("vera")
        person.authorize(bot, acr_values="mfa+voice")
        person.log_in("vera", PASSWORD)
        assert ("Your voice" in person.words) is offered
        person.choose("Authenticator app")
        person.answer(code=house.totp())
        assert ("code" in person.arrived) is not offered
        house.clock.advance(timedelta(minutes=1))


def test_who_adds_a_voice_in_the_middle_of_a_login_is_asked_first(
    house: House, voice: Voice
) -> None:
    house.enrolled("nora", password=PASSWORD, totp=SEED)
    person = house.familiar("nora")
    person.authorize(house.chatbot("bot"), acr_values="mfa+voice")
    person.log_in("nora", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.choose("Your voice")
    assert "Please read this before anything is recorded." in person.words
    person.answer(consent="")
    assert "Nothing is measured without your consent." in person.words
    person.answer(consent="1")
    assert "Read aloud" in person.words
    assert voice.heard == []


def test_a_page_of_nothing_to_agree_to_is_none(house: House, vera: str) -> None:
    person = at_home(house)
    for factor in ("password", "nonsense"):
        assert person.go(f"/account/consent/{factor}").status_code == 410


def test_nobody_withdraws_for_somebody_who_is_not_logged_in(house: House, vera: str) -> None:
    person = house.person()
    person.go(PAGE)
    assert person.path.startswith("/login/")


def test_what_was_agreed_to_is_among_the_data(house: House, vera: str) -> None:
    export = Export(house.store, house.clock, house.factors, house.settings.issuer)
    [given] = export.take(vera)["biometric_consents"]
    assert given == {
        "factor": "voice",
        "version": 1,
        "given_at": house.clock.now(),
        "given_by": "browser",
        "withdrawn_at": None,
    }
