"""Somebody whom the account page asks for a recording."""

from __future__ import annotations

from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Person
from verifiers.voice.consent import CONSENT


def asked_to_speak(house: House) -> Person:
    """Log in somebody who has agreed that their voice is kept, and let them begin to enrol it."""
    account_id = house.enrolled("vera", password=PASSWORD)
    with house.store.write() as tx:
        tx.biometric_consents.give(account_id, "voice", CONSENT.version, "browser")
    person = house.person()
    person.go("/account")
    person.log_in("vera", PASSWORD)
    person.fill(person.form(action="/enroll/voice"))
    return person
