"""Fifty at the same time, through the whole runner: every secret is good for exactly one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from contracts.errors import Expired
from contracts.factor import Subject
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Added, Asked, Judged, Rules
from enrollment.submission import Submission
from store import Purpose
from tests.fakes.authenticator import Authenticator
from tests.fakes.callbacks import UNHEARD
from tests.gateway.conftest import PASSWORD, SEED, House

pytestmark = pytest.mark.rule(1)
MANY = 50
OWNER = "login"


def at_once(call: Callable[[int], object], many: int = MANY) -> Counter[str]:
    """Make a call so many times at the same moment; count what came of it."""
    start = Barrier(many)

    def one(number: int) -> str:
        start.wait()
        try:
            came = call(number)
        except Expired:
            return "expired"
        return "accepted" if isinstance(came, Judged) and came.verdict.accepted else "rejected"

    with ThreadPoolExecutor(many) as pool:
        return Counter(pool.map(one, range(many)))


@pytest.fixture
def ceremonies(house: House) -> Ceremonies:
    rules = Rules(
        simulators=False, failures_disable=100, biometric_failures=5, messages_per_hour=100
    )
    return Ceremonies(house.store, house.factors, house.clock, rules, UNHEARD)


def given(**fields: str) -> Submission:
    return Submission(fields, {}, "test")


def subject(house: House, **factors: str) -> Subject:
    return Subject(house.enrolled("alice", password=PASSWORD, **factors), "alice")


def test_one_code_by_mail(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house, otp="alice@example.org")
    asked = ceremonies.begin(Purpose.VERIFY, "otp", OWNER, alice)
    code = re.search(r"\b\d{6}\b", house.sent()[0]["text"])
    assert code
    answer = given(code=code.group())
    came = at_once(lambda _: ceremonies.answer(asked.handle, OWNER, answer))
    assert came == {"accepted": 1, "expired": MANY - 1}


def test_one_step_of_the_authenticator_app(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house, totp=SEED)
    handles = [ceremonies.begin(Purpose.VERIFY, "totp", OWNER, alice).handle for _ in range(MANY)]
    answer = given(code=house.totp())
    came = at_once(lambda number: ceremonies.answer(handles[number], OWNER, answer))
    assert came["accepted"] == 1
    assert came["rejected"] == MANY - 1


def test_one_recovery_code(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house)
    shown = ceremonies.begin(Purpose.ENROLL, "recovery", OWNER, alice)
    answer = given(code=shown.asks[0].options["codes"][0])
    asked = ceremonies.answer(shown.handle, OWNER, given(codes="kept"))
    assert isinstance(asked, Asked)
    assert isinstance(ceremonies.answer(asked.handle, OWNER, answer), Added)
    many = 10  # more would wait for Argon2 longer than anybody is let wait
    handles = [
        ceremonies.begin(Purpose.VERIFY, "recovery", OWNER, alice).handle for _ in range(many)
    ]
    came = at_once(lambda number: ceremonies.answer(handles[number], OWNER, answer), many)
    assert came["accepted"] == 1


def passkey(house: House, ceremonies: Ceremonies, alice: Subject) -> Authenticator:
    device = Authenticator(house.settings.issuer)
    asked = ceremonies.begin(Purpose.ENROLL, "webauthn", OWNER, alice)
    made = device.create(options(asked))
    assert isinstance(ceremonies.answer(asked.handle, OWNER, given(credential=made)), Added)
    return device


def options(asked: Asked) -> dict[str, Any]:
    return next(dict(ask.options) for ask in asked.asks if ask.name == "credential")


def test_one_passkey_challenge(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house)
    device = passkey(house, ceremonies, alice)
    asked = ceremonies.begin(Purpose.VERIFY, "webauthn", OWNER, alice)
    answer = given(credential=device.get(options(asked)))
    came = at_once(lambda _: ceremonies.answer(asked.handle, OWNER, answer))
    assert came == {"accepted": 1, "expired": MANY - 1}


def test_one_ceremony_adds_one_credential(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house)
    asked = ceremonies.begin(Purpose.ENROLL, "webauthn", OWNER, alice)
    answer = given(credential=Authenticator(house.settings.issuer).create(options(asked)))
    at_once(lambda _: ceremonies.answer(asked.handle, OWNER, answer))
    with house.store.read() as tx:
        held = sorted(c.factor for c in tx.credentials.list(alice.id))
    assert held == ["password", "webauthn"]


def test_a_foreign_owner_gets_nothing_and_spends_nothing(
    house: House, ceremonies: Ceremonies
) -> None:
    alice = subject(house, totp=SEED)
    asked = ceremonies.begin(Purpose.VERIFY, "totp", OWNER, alice)
    with pytest.raises(Expired):
        ceremonies.answer(asked.handle, "another login", given(code=house.totp()))
    came = ceremonies.answer(asked.handle, OWNER, given(code=house.totp()))
    assert isinstance(came, Judged)
    assert came.verdict.accepted


def test_wrong_answers_use_up_the_tries_of_a_code(house: House, ceremonies: Ceremonies) -> None:
    alice = subject(house, otp="alice@example.org")
    asked: Asked | None = ceremonies.begin(Purpose.VERIFY, "otp", OWNER, alice)
    sent = re.search(r"\b\d{6}\b", house.sent()[0]["text"])
    assert sent
    wrong = given(code=f"{(int(sent.group()) + 1) % 10**6:06d}")
    tries = 0
    while asked is not None:
        came = ceremonies.answer(asked.handle, OWNER, wrong)
        assert isinstance(came, Judged)
        asked, tries = came.again, tries + 1
    assert tries == 5
