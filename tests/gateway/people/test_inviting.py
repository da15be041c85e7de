"""Invitations: a link that works once, told to one address, to an account that has nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urldefrag

import pytest

from contracts.errors import BadRequest, Conflict
from gateway.people.inviting import Guest, Invitation, Inviter
from tests.gateway.conftest import PASSWORD, House
from tests.walks.person import Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ANN = Guest("ann", "ann@example.org")
TICKET = re.compile(r"[A-Z2-9]{5}(-[A-Z2-9]{5}){3}")


def invited(house: House, guest: Guest = ANN, *, send: bool = False) -> Invitation:
    return Inviter(house.store, house.clock, house.factors, house.settings).invite(guest, send=send)


def opened(house: House, invitation: Invitation) -> Person:
    """Follow the link as far as the page it opens, and press the button there."""
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket(invitation))
    return person


def ticket(invitation: Invitation) -> str:
    link, fragment = urldefrag(invitation.link)
    assert link == "http://localhost:8080/enroll/ticket"
    assert TICKET.fullmatch(fragment)
    return fragment


def test_an_invited_person_sets_up_an_account(house: House) -> None:
    person = opened(house, invited(house))
    assert "Welcome, ann" in " ".join(person.words.split()).replace("ann .", "ann.")
    person.fill(person.form(action="/enroll/password"))
    person.answer(password=PASSWORD)
    assert "Your account is ready" in person.words
    [told] = house.sent()
    assert (told["to"], "added" in told["subject"]) == ("ann@example.org", True)
    person.go("/account")
    person.log_in("ann", PASSWORD)
    assert person.path == "/account"


def test_the_message_carries_the_link_and_says_until_when(house: House) -> None:
    invitation = invited(house, Guest("ann", "Ann@EXAMPLE.org", "en"), send=True)
    [message] = house.sent()
    assert message["to"] == "Ann@example.org"
    assert invitation.link in message["text"]
    assert f"until Mar {invitation.valid_until:%-d, %Y}" in message["text"]
    assert message["language"] == "en"
    assert ticket(invitation) not in repr(invitation)
    with house.store.read() as tx:
        trail = tx.audit.list(3)
        assert [record.event for record in trail][:2] == ["account.invited", "account.added"]
        assert ticket(invitation) not in str(trail)


def test_nothing_is_sent_unless_it_is_said(house: House) -> None:
    invited(house)
    assert house.sent() == []


def test_looking_at_the_link_spends_nothing(house: House) -> None:
    """Scanners of mail open links before people do."""
    invitation = invited(house)
    scanner = house.person()
    for _ in range(3):
        assert scanner.go("/enroll/ticket").status_code == 200
    assert opened(house, invitation).page.status_code == 200


def test_a_link_works_once_and_for_a_while(house: House) -> None:
    invitation = invited(house)
    assert opened(house, invitation).page.status_code == 200
    assert opened(house, invitation).page.status_code == 410
    later = invited(house, Guest("ben", "ben@example.org"))
    house.clock.advance(timedelta(days=1))
    assert opened(house, later).page.status_code == 410


def test_a_new_invitation_takes_the_place_of_the_one_before(house: House) -> None:
    first, second = invited(house), invited(house)
    assert opened(house, first).page.status_code == 410
    assert opened(house, second).page.status_code == 200


def test_an_invitation_is_no_way_around_what_somebody_has(house: House) -> None:
    house.enrolled("ann", password=PASSWORD)
    with pytest.raises(Conflict, match="set up already"):
        invited(house)
    earlier = invited(house, Guest("ben", "ben@example.org"))
    with house.store.write() as tx:
        account = tx.accounts.find("ben")
        assert account
        tx.credentials.add(account.id, "password", house.factors["password"].adopt(PASSWORD))  # type: ignore[attr-defined]
    assert opened(house, earlier).page.status_code == 403


def test_an_invitation_goes_to_the_address_of_the_account(house: House) -> None:
    house.enrolled("ann")
    with pytest.raises(Conflict, match="another address"):
        invited(house, Guest("ann", "eve@example.net"), send=True)
    assert house.sent() == []
    assert invited(house, Guest("ann", "ANN@example.org"))


def test_a_disabled_account_is_invited_to_nothing(house: House) -> None:
    account = house.enrolled("ann")
    with house.store.write() as tx:
        tx.accounts.set_disabled(account, True)
    with pytest.raises(Conflict, match="disabled"):
        invited(house)


@pytest.mark.parametrize(
    "guest",
    [Guest("ann", "nowhere"), Guest("", "ann@example.org"), Guest("ann", "ann@example.org", "xx")],
)
def test_a_wrong_invitation_makes_nothing(house: House, guest: Guest) -> None:
    with pytest.raises(BadRequest):
        invited(house, guest)
    with house.store.read() as tx:
        assert tx.accounts.list() == []


def test_an_invited_person_begins_with_what_they_can_log_in_with(house: House) -> None:
    person = opened(house, invited(house))
    assert "Authenticator app" not in person.words
    form = person.form(action="/enroll/password")
    assert person.client.post("/enroll/totp", data=form.fields).status_code == 403
