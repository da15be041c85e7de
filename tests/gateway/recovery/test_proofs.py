"""What proves a recovery, and what it may add: the pure decisions, case by case."""

from __future__ import annotations

import pytest

from contracts.assurance import AuthEvent
from contracts.factor import Channel, Kind, Proof
from contracts.text import Text
from gateway.login.plan import Offer, Wallet
from gateway.recovery import proofs
from tests.fakes.clock import NOON
from tests.gateway.conftest import House

KNOWS, HAS, IS = Kind.KNOWLEDGE, Kind.POSSESSION, Kind.INHERENCE
ATTESTED = Proof(user_verified=True, device_bound=True, attested=True, phishing_resistant=True)


def proof(factor: str, *kinds: Kind, how: Proof | None = None) -> AuthEvent:
    return AuthEvent(factor, frozenset(kinds), (), how or Proof(), NOON)


def code(channel: Channel) -> AuthEvent:
    return proof("otp", HAS, how=Proof(address_code=channel))


PASSWORD, APP = proof("password", KNOWS), proof("totp", HAS)
MAIL, PHONE = code(Channel.EMAIL), code(Channel.PHONE)
CODES = proof("recovery", HAS, how=Proof(alone=False))
USED_UP = proof("recovery", how=Proof(alone=False))
PASSKEY = proof("webauthn", HAS, IS, how=Proof(user_verified=True))
VOICE = proof("voice", IS)
BROWSER = proof("device", HAS, how=Proof(alone=False, remembered=True))


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (MAIL, CODES, True),
        (PASSKEY, MAIL, True),
        (PASSWORD, MAIL, True),
        (APP, CODES, True),
        (MAIL, PHONE, True),
        (MAIL, MAIL, False),
        (PHONE, PHONE, False),
        (PASSWORD, PASSWORD, False),
        (PASSKEY, PASSKEY, False),
        (CODES, CODES, False),
        (PASSWORD, USED_UP, False),
        (PASSWORD, VOICE, False),
        (PASSWORD, BROWSER, False),
        (VOICE, BROWSER, False),
    ],
)
def test_two_proofs(one: AuthEvent, other: AuthEvent, holds: bool) -> None:
    assert proofs.independent(one, other) is holds
    assert proofs.independent(other, one) is holds
    assert proofs.enough([one, other]) is holds
    assert not proofs.enough([one])


def test_what_vouches_for_itself_is_beyond_two_proofs() -> None:
    offer = Offer("webauthn", "", Text("Passkey"), "")
    attested = proof("webauthn", HAS, IS, how=ATTESTED)
    assert proofs.beyond(Wallet([(offer, attested)], ()))
    assert proofs.beyond(Wallet((), (), [(offer, attested)]))
    assert not proofs.beyond(Wallet([(offer, PASSKEY)], ()))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_comes_in_the_place_of_what_was_lost(house: House) -> None:
    def names(*proven: str) -> list[str]:
        return [offer.factor for offer in proofs.addable(house.factors.values(), proven)]

    assert names() == ["password", "webauthn", "totp"]
    assert names("otp", "password") == ["webauthn", "totp"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_everybody_begins_with_the_same(house: House) -> None:
    offered = [offer.factor for offer in proofs.everybodys(house.factors.values())]
    assert offered == ["password", "webauthn", "totp", "otp", "recovery"]
