"""Codes by e-mail and phone through the pages: bound, short-lived, few tries, sent anew."""

from __future__ import annotations

from datetime import timedelta

from tests.gateway.conftest import PASSWORD, Build, House
from tests.walks.forms import read
from tests.walks.person import Person

MAIL = "b•••@example.org"
NUMBER = "+4915112345678"
PHONE = "•••• 78"


def other(right: str, by: int = 1) -> str:
    return f"{(int(right) + by) % 10**6:06d}"


def asked(
    house: House, username: str = "bob", address: str = "bob@example.org", label: str = MAIL
) -> Person:
    """Log in with the password and be asked for a code."""
    house.enrolled(username, password=PASSWORD, otp=address)
    person = house.person()
    person.authorize(house.chatbot(f"bot-of-{username}"))
    person.log_in(username, PASSWORD)
    person.choose(label)
    return person


def anew(person: Person) -> None:
    person.fill(person.form(action="/resend"))


def test_a_code_ends_after_five_minutes(house: House) -> None:
    person = asked(house)
    right = house.code()
    house.clock.advance(timedelta(minutes=5))
    assert person.answer(code=right).status_code == 410
    assert not person.arrived


def test_a_code_sent_anew_replaces_the_one_before(house: House) -> None:
    person = asked(house)
    first = house.code()
    anew(person)
    assert "A new code is on its way" in person.words
    second = house.code()
    if first != second:
        assert person.answer(code=first).status_code == 422
    person.answer(code=second)
    assert person.arrived["code"]


def test_a_code_sent_anew_has_five_minutes_of_its_own(house: House) -> None:
    person = asked(house)
    house.code()
    house.clock.advance(timedelta(minutes=4))
    anew(person)
    right = house.code()
    house.clock.advance(timedelta(minutes=4, seconds=59))
    person.answer(code=right)
    assert person.arrived["code"]


def test_sending_anew_gives_no_more_tries(build: Build) -> None:
    house = build(failures_per_login=100, failures_per_hour=100)
    person = asked(house)
    right = house.code()
    for tries in range(1, 5):
        house.clock.advance(timedelta(seconds=tries))
        assert person.answer(code=other(right, tries)).status_code == 422
        anew(person)
        right = house.code()
    house.clock.advance(timedelta(seconds=4))
    last = person.answer(code=other(right))
    assert last.status_code == 401
    assert not [form for form in read(person.page.text) if "/answer" in form.action]


def test_sending_anew_gives_no_more_tries_to_whoever_adds_an_address(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("bob", PASSWORD)
    person.choose("Code by e-mail or phone")
    assert "Send a new code" not in person.words
    person.answer(address="eve@example.net")
    right = house.code()
    for tries in range(1, 5):
        assert person.answer(code=other(right, tries)).status_code == 422
        anew(person)
        assert "Step 2 of 2" in person.words
        right = house.code()
    assert person.answer(code=other(right)).status_code == 410


def test_codes_are_sent_so_often_in_an_hour(build: Build) -> None:
    house = build(messages_per_hour=3)
    person = asked(house)
    right = house.code()
    for _ in range(2):
        anew(person)
        right = house.code()
    anew(person)
    assert person.page.status_code == 429
    assert "Too many codes" in person.words
    assert house.sent() == []
    person.answer(code=right)
    assert person.arrived["code"]


def test_nobody_else_has_a_code_sent_anew(house: House) -> None:
    person, stranger = asked(house), asked(house, "bill")
    house.sent()
    theirs = person.form(action="/resend").fields["ceremony"]
    answer = stranger.fill(stranger.form(action="/resend"), ceremony=theirs)
    assert answer.status_code == 410
    assert house.sent() == []
    anew(person)
    assert len(house.sent()) == 1


def test_nothing_is_sent_to_an_address_that_was_removed(house: House) -> None:
    person = asked(house)
    house.sent()
    with house.store.write() as tx:
        account = tx.accounts.find("bob")
        assert account
        tx.credentials.remove_factor(account.id, "otp")
    anew(person)
    assert person.page.status_code == 410
    assert house.sent() == []


def test_what_sent_nothing_sends_nothing_anew(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("bob", PASSWORD)
    person.choose("Code by e-mail or phone")
    form = person.form(action="/answer")
    resend = form.action.replace("/answer", "/resend")
    answer = person.client.post(resend, data=form.fields)
    assert answer.status_code == 400
    assert house.sent() == []


def test_a_code_by_mail_is_never_aal2(house: House) -> None:
    house.enrolled("bob", password=PASSWORD, otp="bob@example.org")
    person = house.person()
    person.authorize(house.chatbot("strict", acr="aal2"))
    person.log_in("bob", PASSWORD)
    person.choose(MAIL)
    person.answer(code=house.code())
    assert not person.arrived
    assert "Authenticator app" in person.words


def test_phones_are_marked_and_another_way_is_offered(house: House) -> None:
    person = asked(house, "bob", NUMBER, PHONE)
    assert "weaker way" in person.words
    assert "authenticator app or a passkey is safer" in person.words
    person.answer(code=house.code())
    assert person.arrived["code"]
    person.go("/account")
    assert "whoever takes over your number" in person.words
    for safer in ("/enroll/totp", "/enroll/webauthn"):
        assert person.form(action=safer)


def test_whoever_adds_a_phone_is_told_before_it_counts(house: House) -> None:
    house.enrolled("bob", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("bob", PASSWORD)
    for way in ("Authenticator app", "Passkey", "Code by e-mail or phone"):
        assert way in person.words
    person.choose("Code by e-mail or phone")
    person.answer(address=NUMBER)
    assert "weaker way" in person.words
    assert "Go back" in person.words


def test_mail_is_not_marked_as_a_phone_is(house: House) -> None:
    assert "weaker way" not in asked(house).words
