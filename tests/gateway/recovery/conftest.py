"""People who have lost something, and the steps they take."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.gateway.conftest import PASSWORD, SEED, House
from tests.walks.person import Person

CLAIM = re.compile(r"[2-9A-HJ-NP-Z]{5}(?:-[2-9A-HJ-NP-Z]{5}){3}")
DAY = timedelta(days=1)
MAIL = "a•••@example.org"


def alice(house: House) -> str:
    """Alice has a password, an app and a mailbox; she returns her account's id."""
    return house.enrolled("alice", password=PASSWORD, totp=SEED, otp="alice@example.org")


def named(house: House, username: str = "alice", person: Person | None = None) -> Person:
    """Say who they are."""
    person = person or house.person()
    person.go("/recover")
    person.fill(person.form(action="/recover"), username=username)
    return person


def show(person: Person, title: str) -> None:
    person.fill(person.form(action="/choose", text=title))


def proves_mail(house: House, person: Person, title: str = "Code by e-mail or phone") -> None:
    show(person, title)
    person.answer(code=house.code())


def proves_password(person: Person) -> None:
    show(person, "Password")
    person.answer(password=PASSWORD)


def proves_app(house: House, person: Person) -> None:
    show(person, "Authenticator app")
    person.answer(code=house.totp())


def begun(house: House, person: Person | None = None) -> str:
    """Begin to recover the account of Alice by mail and app; return the claim."""
    person = named(house, person=person)
    proves_mail(house, person)
    proves_app(house, person)
    return claim(person)


def claim(person: Person) -> str:
    found = CLAIM.search(person.page.text)
    assert found, person.words
    return found.group()


def stop_code(house: House) -> str:
    """Return the code in the one message about the recovery."""
    [message] = house.sent()
    found = CLAIM.search(message["text"])
    assert found
    return found.group()


def claims(house: House, code: str, person: Person | None = None) -> Person:
    """Type the claim."""
    person = person or house.person()
    person.go("/recover/claim")
    person.fill(person.form(action="/recover/claim"), code=code)
    return person


def adds_password(person: Person, new: str) -> None:
    person.fill(person.form(action="/add", text="Password"))
    person.fill(person.form(action="/added"), password=new)


def events(house: House) -> list[str]:
    with house.store.read() as tx:
        return [record.event for record in tx.audit.list(200)][::-1]
