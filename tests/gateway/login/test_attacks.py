"""Somebody who knows a password, a name or a shared browser, and wants more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.factor import Answer, Enrolled, Subject, Template, Verdict
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Judged, Rules
from enrollment.submission import Submission
from gateway.limits import strain
from gateway.limits.strain import Bounds
from store import Purpose, Store
from tests.fakes.authenticator import Authenticator
from tests.fakes.callbacks import UNHEARD
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.login.test_login import Deaf, code
from tests.walks.person import Person


def in_the_middle(house: House, **factors: str) -> Person:
    """Return an attacker who has proven the password of alice and nothing else."""
    house.enrolled("alice", password=PASSWORD, **factors)
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("alice", PASSWORD)
    return person


def lock(house: House, factor: str) -> None:
    """Disable a factor of alice as a hundred wrong answers do."""
    with house.store.write() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        for held in tx.credentials.list(alice.id):
            if held.factor == factor:
                tx.credentials.failed(held.id, 1)


def test_a_factor_locked_by_wrong_answers_is_not_replaced_on_the_way(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    lock(house, "totp")
    person = house.person()
    person.authorize(house.chatbot("bot"))
    person.log_in("alice", PASSWORD)
    assert person.arrived["error"] == "unmet_authentication_requirements"


def test_a_factor_locked_by_wrong_answers_still_guards_the_account_page(house: House) -> None:
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    lock(house, "totp")
    person = house.person()
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert person.path == "/account"
    person.fill(person.form(action="/enroll/webauthn"))
    assert "passkey-create" not in person.page.text
    with house.store.read() as tx:
        assert {held.factor for held in tx.credentials.list(alice)} == {"password", "totp"}


def test_what_was_offered_before_the_owner_came_is_refused_after(house: House) -> None:
    thief = in_the_middle(house)
    thief.choose("Authenticator app")
    with house.store.write() as tx:
        alice = tx.accounts.find("alice")
        assert alice
        held = tx.credentials.add(alice.id, "totp", house.factors["totp"].adopt(SEED))  # type: ignore[attr-defined]
    assert thief.answer(code="000000").status_code == 403
    with house.store.read() as tx:
        assert held in {credential.id for credential in tx.credentials.list(alice.id)}


@pytest.mark.parametrize("path", ["/logout", "/account/logout-everywhere"])
def test_logging_out_ends_the_logins_that_carry_the_proofs_on(house: House, path: str) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    person = house.person()
    person.authorize(house.chatbot("low", acr="aal1"))
    person.log_in("alice", PASSWORD)
    person.authorize(house.chatbot("wish", acr="aal1"), acr_values="mfa")
    pending = person.path
    token = person.form(action="/factor").fields["csrf"]
    assert person.client.post(path, data={"csrf": token}).status_code == 303
    assert person.client.post(f"{pending}/skip", data={"csrf": token}).status_code == 410
    assert "/login/" in person.go("/account").request.path


class Known(Deaf):
    """A biometric that recognises everybody."""

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        return Verdict(True, enrolled[0].credential_id, amr=self.amr, kinds=frozenset({self.kind}))


def test_a_stale_voice_is_asked_for_again(build: Build) -> None:
    house = build(factors={"voice": Known()})
    alice = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        tx.credentials.add(alice, "voice", Template(b"voice", "known/1"))
    bot, person = house.chatbot("bot", acr="mfa+voice"), house.person()
    person.authorize(bot)
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.choose("Voice")
    person.answer(word="hello")
    assert person.arrived["code"]
    house.clock.advance(timedelta(minutes=6))
    person.authorize(bot)
    assert not person.arrived
    person.choose("Voice")
    person.answer(word="hello")
    assert person.arrived["code"]


def test_who_logs_in_is_no_longer_the_guest_of_a_ticket(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    mallory = house.enrolled("mallory")
    with house.store.write() as tx:
        ticket = tx.tickets.issue(mallory, timedelta(hours=1))
    person = house.person()
    person.go("/enroll/ticket")
    person.fill(person.form(action="/enroll/ticket"), ticket=ticket)
    person.go("/account")
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/enroll/otp"))
    person.answer(address="alice@example.org")
    person.answer(code=code(house))
    with house.store.read() as tx:
        assert not tx.credentials.list(mallory)


def test_a_second_ticket_ends_where_the_owner_has_set_up(house: House) -> None:
    alice = house.enrolled("alice")
    with house.store.write() as tx:
        ticket = tx.tickets.issue(alice, timedelta(hours=1))
    thief = house.person()
    thief.go("/enroll/ticket")
    thief.fill(thief.form(action="/enroll/ticket"), ticket=ticket)
    begin = thief.form(action="/enroll/password")
    with house.store.write() as tx:
        tx.credentials.add(alice, "password", house.factors["password"].adopt(PASSWORD))  # type: ignore[attr-defined]
    assert thief.fill(begin).status_code == 410


def test_the_passkey_of_a_disabled_account_is_refused_as_an_unknown_one(house: House) -> None:
    alice = Subject(house.enrolled("alice"), "alice")
    rules = Rules(simulators=False, failures_disable=9, biometric_failures=5, messages_per_hour=9)
    ceremonies = Ceremonies(house.store, house.factors, house.clock, rules, UNHEARD)
    device = Authenticator(house.settings.issuer)
    asked = ceremonies.begin(Purpose.ENROLL, "webauthn", "owner", alice)
    made = Submission({"credential": device.create(asked.asks[0].options)}, {}, "browser")
    ceremonies.answer(asked.handle, "owner", made)
    with house.store.write() as tx:
        tx.accounts.set_disabled(alice.id, True)
    asked = ceremonies.begin(Purpose.VERIFY, "webauthn", "anyone", None)
    given = Submission({"credential": device.get(asked.asks[0].options)}, {}, "browser")
    judged = ceremonies.answer(asked.handle, "anyone", given)
    assert isinstance(judged, Judged)
    assert not judged.verdict.accepted


def test_a_passkey_is_not_locked_by_strangers_who_name_it(house: House) -> None:
    alice = Subject(house.enrolled("alice"), "alice")
    rules = Rules(simulators=False, failures_disable=1, biometric_failures=5, messages_per_hour=9)
    ceremonies = Ceremonies(house.store, house.factors, house.clock, rules, UNHEARD)
    device, thief = (Authenticator(house.settings.issuer) for _ in range(2))
    asked = ceremonies.begin(Purpose.ENROLL, "webauthn", "owner", alice)
    made = device.create(asked.asks[0].options)
    ceremonies.answer(asked.handle, "owner", Submission({"credential": made}, {}, "browser"))
    thief.credentials = [
        replace(device.credentials[0], key=ec.generate_private_key(ec.SECP256R1()))
    ]
    asked = ceremonies.begin(Purpose.VERIFY, "webauthn", "stranger", None)
    forged = Submission({"credential": thief.get(asked.asks[0].options)}, {}, "browser")
    judged = ceremonies.answer(asked.handle, "stranger", forged)
    assert isinstance(judged, Judged)
    assert not judged.verdict.accepted
    with house.store.read() as tx:
        assert [held.disabled_at for held in tx.credentials.list(alice.id)] == [None]


@pytest.mark.parametrize(
    ("mine", "yours", "one"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "another", False),
    ],
)
def test_an_ipv6_caller_is_counted_by_network(
    store: Store, mine: str, yours: str, one: bool
) -> None:
    with store.write() as tx:
        strain.blame(tx, mine, first=True, bounds=Bounds(1, 1, 1, 1))
        counted = strain.read(tx, yours)
    assert (counted.wrong, counted.names) == ((1, 1) if one else (0, 0))
