"""What a browser that is remembered must sign, and every signature that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.errors import BadRequest, Misconfigured, NotAllowed, Retry
from contracts.factor import (
    Answer,
    Challenge,
    Enrolled,
    Factor,
    Kind,
    Subject,
    Template,
    Verdict,
    Workshop,
)
from tests.fakes.browser import RememberedBrowser, encoded
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import ORIGIN, stored
from verifiers import device
from verifiers.device.factor import Device
from verifiers.device.key import LONGEST
from verifiers.device.settings import DeviceSettings


@pytest.fixture
def factor(clock: FakeClock) -> Device:
    return Device(DeviceSettings.load(), clock, ORIGIN)


@pytest.fixture
def browser() -> RememberedBrowser:
    return RememberedBrowser(ORIGIN)


def given(challenge: Challenge) -> str:
    challenged: str = challenge.asks[0].options["challenge"]
    return challenged


def remember(
    factor: Factor, browser: RememberedBrowser, alice: Subject, label: str = ""
) -> Template:
    challenge = factor.begin_enroll(alice, ())
    answer = Answer({"device": browser.create(given(challenge)), "label": label})
    made = factor.continue_enroll(alice, challenge.secret, answer)
    assert isinstance(made, Template)
    return made


@pytest.fixture
def enrolled(factor: Device, browser: RememberedBrowser, alice: Subject) -> list[Enrolled]:
    return [stored(remember(factor, browser, alice))]


def judge(factor: Factor, alice: Subject, enrolled: list[Enrolled], answer: str) -> Verdict:
    secret = factor.begin_verify(None, ()).secret
    return factor.finish_verify(alice, enrolled, secret, Answer({"device": answer}))


def test_it_shows_possession_and_that_it_was_remembered(
    factor: Device, browser: RememberedBrowser, alice: Subject, enrolled: list[Enrolled]
) -> None:
    challenge = factor.begin_verify(None, ())
    answer = Answer({"device": browser.prove(given(challenge))})
    verdict = factor.finish_verify(alice, enrolled, challenge.secret, answer)
    assert verdict.accepted
    assert verdict.amr == ("swk", "pop")
    assert verdict.kinds == {Kind.POSSESSION}
    assert verdict.proof.remembered
    assert not verdict.proof.alone
    assert factor.claimed(answer) == browser.id
    assert len(given(challenge)) == 43
    assert given(challenge) != given(factor.begin_verify(None, ()))


def test_it_is_made_for_thirty_days_and_named(
    factor: Device, browser: RememberedBrowser, alice: Subject, clock: FakeClock
) -> None:
    made = remember(factor, browser, alice, label="  Chrome\n on  Linux " + "x" * 99)
    assert made.expires_at == clock.now() + timedelta(days=30)
    assert made.unique == browser.id
    assert made.label.startswith("Chrome on Linux xxx")
    assert len(made.label) == 64


def test_the_browser_hears_which_keys_are_remembered(
    factor: Device, browser: RememberedBrowser, alice: Subject, enrolled: list[Enrolled]
) -> None:
    told = factor.accepted(alice, enrolled)
    assert told.options == {"name": "alice", "keys": [browser.id], "days": 30}
    assert factor.unknown(browser.id).options == {"gone": browser.id}


def test_an_account_has_so_many_remembered_browsers_and_no_more(
    factor: Device, alice: Subject, enrolled: list[Enrolled]
) -> None:
    assert factor.begin_enroll(alice, enrolled * 19)
    with pytest.raises(NotAllowed):
        factor.begin_enroll(alice, enrolled * 20)


def test_its_time_is_sealed_with_its_key(
    factor: Device,
    browser: RememberedBrowser,
    alice: Subject,
    enrolled: list[Enrolled],
    clock: FakeClock,
) -> None:
    """Whoever can write the column of the table cannot lengthen it."""

    def prove() -> Verdict:
        challenge = factor.begin_verify(None, ())
        answer = Answer({"device": browser.prove(given(challenge))})
        return factor.finish_verify(alice, enrolled, challenge.secret, answer)

    clock.advance(timedelta(days=30, seconds=-1))
    assert prove().accepted
    clock.advance(timedelta(seconds=1))
    assert prove().reason == "remembered too long ago"


Forge = Callable[[RememberedBrowser, str], str]

FORGED: dict[str, Forge] = {
    "another challenge": lambda browser, _: browser.prove(encoded(bytes(32))),
    "a key of somebody else": lambda browser, challenge: json.dumps(
        {"id": browser.id, "signature": RememberedBrowser(ORIGIN).sign("prove", challenge)}
    ),
    "a key nobody has": lambda _, challenge: RememberedBrowser(ORIGIN).prove(challenge),
    "what was signed to be remembered": lambda browser, challenge: json.dumps(
        {"id": browser.id, "signature": browser.sign("remember", challenge)}
    ),
    "zeros": lambda browser, _: json.dumps({"id": browser.id, "signature": encoded(bytes(64))}),
    "ones": lambda browser, _: json.dumps({"id": browser.id, "signature": encoded(b"\xff" * 64)}),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_answer_is_rejected(
    factor: Device,
    browser: RememberedBrowser,
    alice: Subject,
    enrolled: list[Enrolled],
    forge: Forge,
) -> None:
    challenge = factor.begin_verify(None, ())
    answer = Answer({"device": forge(browser, given(challenge))})
    verdict = factor.finish_verify(alice, enrolled, challenge.secret, answer)
    assert not verdict.accepted
    assert verdict.reason in {"mismatch", "no such device"}


def test_a_page_of_another_origin_signs_nothing_of_use(
    factor: Device, browser: RememberedBrowser, alice: Subject, enrolled: list[Enrolled]
) -> None:
    browser.origin = "https://login.example.org.evil.example"
    challenge = factor.begin_verify(None, ())
    answer = Answer({"device": browser.prove(given(challenge))})
    assert not factor.finish_verify(alice, enrolled, challenge.secret, answer).accepted


MALFORMED = {
    "no JSON": "key",
    "no object": "[]",
    "no text": '{"id": 1, "signature": 2}',
    "no signature": '{"id": "x"}',
    "an algorithm in its place": '{"id": "x", "alg": "none", "signature": ""}',
    "a short signature": json.dumps({"id": "x", "signature": encoded(bytes(63))}),
    "a DER signature": json.dumps({"id": "x", "signature": encoded(bytes(70))}),
    "no base64url": json.dumps({"id": "x", "signature": "*" * 86}),
    "too long": json.dumps({"id": "x" * LONGEST, "signature": encoded(bytes(64))}),
    "too deep": '{"id":' + "[" * 999,
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_answer_is_refused_before_it_is_judged(
    factor: Device, alice: Subject, enrolled: list[Enrolled], answer: str
) -> None:
    with pytest.raises(BadRequest):
        judge(factor, alice, enrolled, answer)


POINTS: dict[str, Callable[[RememberedBrowser], bytes]] = {
    "off the curve": lambda browser: browser.point[:-1] + bytes([browser.point[-1] ^ 1]),
    "compressed": lambda browser: b"\x02" + browser.point[1:33],
    "at infinity": lambda _: bytes(65),
    "another curve": lambda _: RememberedBrowser(ORIGIN, ec.SECP384R1()).point,
    "another curve of this size": lambda _: RememberedBrowser(ORIGIN, ec.SECP256K1()).point,
}


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_a_key_is_a_point_on_p_256(
    factor: Device, alice: Subject, point: Callable[[RememberedBrowser], bytes]
) -> None:
    browser = RememberedBrowser(ORIGIN)
    challenge = factor.begin_enroll(alice, ())
    found = json.loads(browser.create(given(challenge))) | {"key": encoded(point(browser))}
    with pytest.raises(BadRequest):
        factor.continue_enroll(alice, challenge.secret, Answer({"device": json.dumps(found)}))


def test_whoever_registers_a_key_has_its_private_half(factor: Device, alice: Subject) -> None:
    challenge, other = factor.begin_enroll(alice, ()), RememberedBrowser(ORIGIN)
    signed = json.loads(RememberedBrowser(ORIGIN).create(given(challenge)))
    answer = Answer({"device": json.dumps(signed | {"key": encoded(other.point)})})
    with pytest.raises(Retry):
        factor.continue_enroll(alice, challenge.secret, answer)


@pytest.mark.parametrize("days", ["0", "31", "forever"])
def test_nobody_is_remembered_for_longer(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("GATEHOUSE_DEVICE_DAYS", days)
    with pytest.raises(Misconfigured, match="GATEHOUSE_DEVICE_DAYS"):
        DeviceSettings.load()


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, workshop: Workshop) -> None:
    monkeypatch.setenv("GATEHOUSE_DEVICE_ENABLED", "0")
    assert device.build(workshop) is None
