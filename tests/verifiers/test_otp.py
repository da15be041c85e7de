"""One-time codes: addresses in one form, codes bound to their ceremony, few tries, little time."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import timedelta

import pytest

import verifiers.otp
from contracts.errors import Expired, Retry
from contracts.factor import Answer, Challenge, Channel, Factor, Subject, Template, Workshop
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import stored


@pytest.fixture
def factor(workshop: Workshop) -> Factor:
    built = verifiers.otp.build(workshop)
    assert built is not None
    return built


def begin(factor: Factor, subject: Subject, address: str) -> Challenge:
    came = factor.continue_enroll(subject, b"", Answer({"address": address}))
    assert isinstance(came, Challenge)
    return came


def confirm(
    factor: Factor, subject: Subject, challenge: Challenge, code: str
) -> Challenge | Template:
    return factor.continue_enroll(subject, challenge.secret, Answer({"code": code}))


def enroll(factor: Factor, subject: Subject, address: str) -> Template:
    challenge = begin(factor, subject, address)
    came = confirm(factor, subject, challenge, sent(challenge))
    assert isinstance(came, Template)
    return came


def sent(challenge: Challenge) -> str:
    """Return the code as the person reads it in the message."""
    found = re.search(r"\b\d{6}\b", str(challenge.messages[0].text))
    assert found is not None
    return found.group()


def wrong(challenge: Challenge) -> str:
    return f"{(int(sent(challenge)) + 1) % 10**6:06d}"


@pytest.mark.parametrize(
    ("typed", "channel", "to", "label"),
    [
        (" alice@Example.ORG ", Channel.EMAIL, "alice@example.org", "a•••@example.org"),
        ("Al.Ice+x@example.org", Channel.EMAIL, "Al.Ice+x@example.org", "A•••@example.org"),
        ("ida@bücher.example", Channel.EMAIL, "ida@xn--bcher-kva.example", None),
        ("+49 (151) 123-456 78", Channel.PHONE, "+4915112345678", "•••• 78"),
        ("+12025550142", Channel.PHONE, "+12025550142", "•••• 42"),
    ],
)
def test_an_address_gets_one_form(
    factor: Factor, alice: Subject, typed: str, channel: Channel, to: str, label: str | None
) -> None:
    challenge = begin(factor, alice, typed)
    assert [(each.channel, each.to) for each in challenge.messages] == [(channel, to)]
    template = enroll(factor, alice, typed)
    assert json.loads(template.data) == {"channel": channel.value, "to": to}
    assert label in (None, template.label)
    assert template.unique is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "alice@",
        "@example.org",
        "alice@example",
        "alice@localhost",
        "a@b@example.org",
        "alice@example.org\nBcc: eve@example.org",
        "ålice@example.org",
        "a" * 255 + "@example.org",
        "0151 12345678",
        "+1 555",
        "+49 900 1123456",
        "tel:+4915112345678;ext=9" * 20,
        "\ud800@example.org",
    ],
)
def test_no_code_goes_to_what_is_no_address(factor: Factor, alice: Subject, typed: str) -> None:
    with pytest.raises(Retry):
        begin(factor, alice, typed)


def test_a_region_lets_people_leave_out_the_country(
    workshop: Workshop, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_OTP_REGION", "DE")
    german = verifiers.otp.build(workshop)
    assert german is not None
    assert begin(german, alice, "0151 12345678").messages[0].to == "+4915112345678"


def test_phones_can_be_switched_off(
    workshop: Workshop, alice: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_OTP_PHONE", "false")
    mail_only = verifiers.otp.build(workshop)
    assert mail_only is not None
    with pytest.raises(Retry):
        begin(mail_only, alice, "+4915112345678")
    assert mail_only.prospect(()).proof.address_code is Channel.EMAIL


def test_the_account_s_own_address_is_suggested_first(factor: Factor, alice: Subject) -> None:
    assert factor.begin_enroll(alice, ()).asks[0].options["value"] == "alice@example.org"
    template = enroll(factor, alice, "alice@example.org")
    assert factor.begin_enroll(alice, [stored(template)]).asks[0].options["value"] == ""


def test_enrolling_proves_the_address(factor: Factor, alice: Subject) -> None:
    proven = enroll(factor, alice, "+4915112345678").proven
    assert proven is not None
    assert proven.accepted
    assert proven.amr == ("otp", "sms")
    assert proven.proof.address_code is Channel.PHONE


def test_a_wrong_code_can_be_mistyped_only_so_often(factor: Factor, alice: Subject) -> None:
    challenge = begin(factor, alice, "bob@example.org")
    bad, good = wrong(challenge), sent(challenge)
    for _ in range(4):
        came = confirm(factor, alice, challenge, bad)
        assert isinstance(came, Challenge)
        assert came.messages == ()
        assert "not the code" in str(came.error)
        assert came.asks == challenge.asks
        challenge = came
    assert isinstance(confirm(factor, alice, challenge, good), Template)
    with pytest.raises(Expired):
        confirm(factor, alice, challenge, bad)


def test_trying_again_gives_no_more_time(factor: Factor, alice: Subject, clock: FakeClock) -> None:
    challenge = begin(factor, alice, "bob@example.org")
    assert challenge.lifetime == timedelta(minutes=5)
    bad = wrong(challenge)
    clock.advance(timedelta(minutes=4))
    came = confirm(factor, alice, challenge, bad)
    assert isinstance(came, Challenge)
    assert came.lifetime == timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    with pytest.raises(Expired):
        confirm(factor, alice, came, bad)


def test_the_code_sent_is_accepted(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"), "mail")]
    challenge = factor.begin_verify(alice, enrolled)
    assert challenge.tries == 5
    assert "a•••@example.org" in str(challenge.asks[0].prompt)
    code = sent(challenge)
    typed = Answer({"code": f" {code[:3]} {code[3:]} "})
    verdict = factor.finish_verify(alice, enrolled, challenge.secret, typed)
    assert verdict.accepted
    assert verdict.credential_id == "mail"
    assert verdict.amr == ("otp",)
    assert verdict.proof.address_code is Channel.EMAIL
    rejected = factor.finish_verify(
        alice, enrolled, challenge.secret, Answer({"code": wrong(challenge)})
    )
    assert not rejected.accepted
    assert rejected.credential_id == "mail"


def test_a_code_opens_its_own_ceremony_only(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    first, second = (factor.begin_verify(alice, enrolled) for _ in range(2))
    if sent(first) == sent(second):
        second = factor.begin_verify(alice, enrolled)
    answer = Answer({"code": sent(first)})
    assert not factor.finish_verify(alice, enrolled, second.secret, answer).accepted


def test_a_code_dies_with_its_address(factor: Factor, alice: Subject) -> None:
    old = [stored(enroll(factor, alice, "alice@example.org"), "old")]
    new = [stored(enroll(factor, alice, "bob@example.org"), "new")]
    challenge = factor.begin_verify(alice, old)
    answer = Answer({"code": sent(challenge)})
    assert not factor.finish_verify(alice, new, challenge.secret, answer).accepted


def test_a_confirming_code_is_no_login_code(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    challenge = begin(factor, alice, "eve@example.net")
    answer = Answer({"code": sent(challenge)})
    assert not factor.finish_verify(alice, enrolled, challenge.secret, answer).accepted


def test_with_no_address_nothing_is_sent_and_nothing_fits(factor: Factor, alice: Subject) -> None:
    challenge = factor.begin_verify(alice, ())
    assert challenge.messages == ()
    verdict = factor.finish_verify(alice, (), challenge.secret, Answer({"code": "123456"}))
    assert not verdict.accepted


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "½23456", "1" * 10**6])
def test_what_is_no_code_is_not_judged(factor: Factor, alice: Subject, typed: str) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    challenge = factor.begin_verify(alice, enrolled)
    with pytest.raises(Retry):
        factor.finish_verify(alice, enrolled, challenge.secret, Answer({"code": typed}))


def test_digits_of_other_scripts_are_digits(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    challenge = factor.begin_verify(alice, enrolled)
    arabic = sent(challenge).translate({ord("0") + n: 0x660 + n for n in range(10)})
    assert factor.finish_verify(
        alice, enrolled, challenge.secret, Answer({"code": arabic})
    ).accepted


def test_the_code_is_in_the_message_alone(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    challenge = factor.begin_verify(alice, enrolled)
    kept = (challenge.secret.decode(), repr(challenge), str(challenge.messages[0].subject))
    assert not any(sent(challenge) in text for text in kept)


def test_codes_are_spread_evenly(factor: Factor, alice: Subject) -> None:
    enrolled = [stored(enroll(factor, alice, "alice@example.org"))]
    first = [sent(factor.begin_verify(alice, enrolled))[0] for _ in range(2000)]
    counts = [first.count(digit) for digit in "0123456789"]
    assert sum((count - 200) ** 2 / 200 for count in counts) < 40  # chi squared, 9 df: p < 1e-5


def test_the_phone_is_the_better_prospect(factor: Factor, alice: Subject) -> None:
    mail = stored(enroll(factor, alice, "alice@example.org"))
    phone = stored(enroll(factor, alice, "+4915112345678"))
    assert factor.prospect([mail]).proof.address_code is Channel.EMAIL
    assert factor.prospect([mail, phone]).proof.address_code is Channel.PHONE


def test_an_operator_vouches_for_an_address(workshop: Workshop, alice: Subject) -> None:
    factor = verifiers.otp.build(workshop)
    assert isinstance(factor, verifiers.otp.Otp)
    template = factor.adopt("alice@example.org")
    assert template.proven is None
    proven = enroll(factor, alice, "alice@example.org")
    assert dataclasses.replace(proven, proven=None) == template


def test_whom_to_tell_of_what_happens(workshop: Workshop, alice: Subject) -> None:
    factor = verifiers.otp.build(workshop)
    assert isinstance(factor, verifiers.otp.Otp)
    typed = ("alice@Example.org", "+49 151 12345678")
    enrolled = [stored(enroll(factor, alice, each)) for each in typed]
    assert factor.addresses(enrolled) == [
        (Channel.EMAIL, "alice@example.org"),
        (Channel.PHONE, "+4915112345678"),
    ]
    assert factor.addresses(()) == []
