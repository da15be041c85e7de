"""Recovery codes through the pages: set up, used once, told of, never more than a stand-in."""

from __future__ import annotations

import re

import pytest

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.forms import read
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{3}-){5}[0-9A-HJKMNP-TV-Z]{3}")


def with_codes(house: House, username: str = "alice", **more: str) -> list[str]:
    """Log in to an account, set codes up as a person does, and return them."""
    house.enrolled(username, password=PASSWORD, **more)
    person = house.person()
    person.go("/account")
    person.log_in(username, PASSWORD)
    codes = set_up(house, person)
    house.sent()
    return codes


def set_up(house: House, person: Person) -> list[str]:
    person.fill(person.form(action="/enroll/recovery"))
    if person.path.startswith("/login/"):
        person.choose("Authenticator app")
        person.answer(code=house.totp())
        person.fill(person.form(action="/enroll/recovery"))
    codes: list[str] = CODE.findall(person.page.text)
    person.answer()
    assert not CODE.search(person.page.text)
    person.answer(code=codes[0].lower())
    assert person.path == "/account"
    return codes


def asked(house: House, username: str = "alice", acr: str = "aal2") -> Person:
    person = house.person()
    person.authorize(house.chatbot(f"bot-{acr}", acr=acr))
    person.log_in(username, PASSWORD)
    return person


def test_ten_codes_are_shown_once_and_kept_by_typing_one_back(house: House) -> None:
    codes = with_codes(house)
    assert len(codes) == 10
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert "10 of 10 are left." in person.words
    assert not any(code in person.page.text for code in codes)


def test_a_code_stands_in_for_the_app_once(house: House) -> None:
    codes = with_codes(house, totp=SEED)
    person = asked(house)
    forms = [form for form in read(person.page.text) if form.action.endswith("/factor")]
    offered = [form.text.strip() for form in forms]
    assert offered == ["Authenticator app", "Recovery codes"]
    person.choose("Recovery codes")
    person.answer(code=codes[4])
    assert person.arrived["code"]
    again = house.person()
    again.authorize(house.chatbot("other", acr="aal2"))
    again.log_in("alice", PASSWORD)
    again.choose("Recovery codes")
    assert again.answer(code=codes[4]).status_code == 422
    again.answer(code=codes[5])
    assert again.arrived["code"]


def test_each_use_is_told_and_noted(house: House) -> None:
    codes = with_codes(house, totp=SEED)
    person = asked(house)
    person.choose("Recovery codes")
    person.answer(code=codes[0])
    [message] = [sent for sent in house.sent() if "left" in sent["text"]]
    assert message["to"] == "alice@example.org"
    assert "left: 9" in message["text"]
    with house.store.read() as tx:
        events = [record.event for record in tx.audit.list(5)]
    assert "factor.accepted" in events


def test_new_codes_replace_the_old_ones(house: House) -> None:
    old = with_codes(house)
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/enroll/recovery"))
    person.choose("Recovery codes")
    person.answer(code=old[0])
    new = set_up(house, person)
    assert not set(old) & set(new)
    other = asked(house)
    other.choose("Recovery codes")
    assert other.answer(code=old[1]).status_code == 422
    other.answer(code=new[1])
    assert other.arrived["code"]


def test_nobody_is_offered_to_make_codes_in_the_middle_of_a_login(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = asked(house, acr="mfa")
    assert "Authenticator app" in person.words
    assert "Recovery codes" not in person.words
    form = person.form(action="/factor")
    refused = person.fill(form, factor="recovery", enrol="1")
    assert refused.status_code == 403


def test_codes_do_not_make_changes_harder_for_whoever_has_two_factors(house: House) -> None:
    with_codes(house, totp=SEED)
    person = house.familiar("alice")
    person.go("/account")
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/enroll/otp"))
    person.choose("Authenticator app")
    house.clock.advance(house.settings.span("backchannel"))
    person.answer(code=house.totp())
    assert person.path == "/account"
