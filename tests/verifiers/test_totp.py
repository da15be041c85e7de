"""Authenticator app: RFC 6238 on a held clock, each step once, seeds of honest length."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

import verifiers.totp
from contracts.errors import Retry
from contracts.factor import Answer, Enrolled, Kind, Subject, Template, Verdict, Workshop
from tests.fakes.clock import FakeClock
from tests.verifiers.conftest import stored
from verifiers.totp.factor import Totp
from verifiers.totp.seed import STEP, Seed


@pytest.fixture
def factor(workshop: Workshop) -> Totp:
    built = verifiers.totp.build(workshop)
    assert isinstance(built, Totp)
    return built


@pytest.fixture
def app() -> pyotp.TOTP:
    return pyotp.TOTP(pyotp.random_base32())


@pytest.fixture
def enrolled(factor: Totp, app: pyotp.TOTP) -> Enrolled:
    return stored(factor.adopt(app.secret))


def verify(factor: Totp, subject: Subject, enrolled: Enrolled, code: str) -> Verdict:
    return factor.finish_verify(subject, [enrolled], b"", Answer({"code": code}))


def after(enrolled: Enrolled, verdict: Verdict) -> Enrolled:
    """Return the credential as the store has it once the verdict's update is written."""
    assert verdict.update is not None
    return stored(Template(verdict.update, enrolled.format), version=enrolled.version + 1)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    now = datetime.fromtimestamp(seconds, UTC)
    assert Seed(secret).step_of(code, now, window=0) == seconds // STEP


def test_enrolling_shows_the_seed_once_and_takes_a_code(
    factor: Totp, alice: Subject, clock: FakeClock
) -> None:
    challenge = factor.begin_enroll(alice, ())
    qr, code = challenge.asks
    assert (qr.type, code.type) == ("qr", "code")
    assert len(base64.b32decode(qr.options["secret"])) * 8 >= 160
    uri = urlsplit(qr.options["uri"])
    assert unquote(uri.path) == "/Gatehouse:alice"
    assert parse_qs(uri.query)["secret"] == [qr.options["secret"]]
    assert qr.options["svg"].startswith("data:image/svg+xml")
    app = pyotp.parse_uri(qr.options["uri"])
    assert isinstance(app, pyotp.TOTP)
    typed = app.at(clock.now())
    template = factor.continue_enroll(alice, challenge.secret, Answer({"code": typed}))
    assert isinstance(template, Template)
    assert template.proven is not None
    assert template.proven.amr == ("otp",)
    used = verify(factor, alice, stored(template), typed)
    assert not used.accepted
    assert used.reason == "step used before"


def test_a_wrong_code_does_not_enrol(factor: Totp, alice: Subject, clock: FakeClock) -> None:
    challenge = factor.begin_enroll(alice, ())
    other = pyotp.TOTP(pyotp.random_base32()).at(clock.now())
    with pytest.raises(Retry, match="clock"):
        factor.continue_enroll(alice, challenge.secret, Answer({"code": other}))


def test_two_people_get_two_seeds(factor: Totp, alice: Subject) -> None:
    seeds = {factor.begin_enroll(alice, ()).asks[0].options["secret"] for _ in range(20)}
    assert len(seeds) == 20


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_one_step_either_side(
    factor: Totp, alice: Subject, clock: FakeClock, app: pyotp.TOTP, steps: int
) -> None:
    code = app.at(clock.now() + timedelta(seconds=STEP * steps))
    verdict = verify(factor, alice, stored(factor.adopt(app.secret)), code)
    assert verdict.accepted is (abs(steps) <= 1)
    assert verdict.credential_id == "c1"
    assert verdict.kinds == ({Kind.POSSESSION} if verdict.accepted else set())


def test_a_step_counts_once(
    factor: Totp, alice: Subject, clock: FakeClock, app: pyotp.TOTP, enrolled: Enrolled
) -> None:
    code = app.at(clock.now())
    enrolled = after(enrolled, verify(factor, alice, enrolled, code))
    assert not verify(factor, alice, enrolled, code).accepted
    clock.advance(timedelta(seconds=STEP))
    assert not verify(factor, alice, enrolled, code).accepted
    assert verify(factor, alice, enrolled, app.at(clock.now())).accepted


def test_an_older_step_never_follows_a_later_one(
    factor: Totp, alice: Subject, clock: FakeClock, app: pyotp.TOTP, enrolled: Enrolled
) -> None:
    ahead = app.at(clock.now() + timedelta(seconds=STEP))
    enrolled = after(enrolled, verify(factor, alice, enrolled, ahead))
    assert not verify(factor, alice, enrolled, app.at(clock.now())).accepted


def test_with_nothing_enrolled_the_code_is_still_compared(factor: Totp, alice: Subject) -> None:
    verdict = factor.finish_verify(alice, (), b"", Answer({"code": "123456"}))
    assert not verdict.accepted
    with pytest.raises(Retry):
        factor.finish_verify(alice, (), b"", Answer({"code": "12"}))


@pytest.mark.parametrize("form", ["{}", " {} ", "{}==="])
def test_an_operator_brings_a_seed_however_it_is_written(
    factor: Totp, app: pyotp.TOTP, form: str
) -> None:
    spaced = " ".join(app.secret[at : at + 4].lower() for at in range(0, 32, 4))
    assert Seed.load(factor.adopt(form.format(spaced)).data).secret == app.secret


@pytest.mark.parametrize("value", ["", "JBSWY3DP", "not base32!", "10189", "Ä" * 32])
def test_an_unfit_seed_is_refused(factor: Totp, value: str) -> None:
    with pytest.raises(Retry):
        factor.adopt(value)


def test_the_image_is_dark_on_white_with_a_quiet_zone(factor: Totp, alice: Subject) -> None:
    svg = unquote(factor.begin_enroll(alice, ()).asks[0].options["svg"])
    assert 'fill="#fff"' in svg or "fill='#fff'" in svg
    assert 'stroke="#000"' in svg or "stroke='#000'" in svg


def test_a_seed_is_not_printed(app: pyotp.TOTP) -> None:
    assert app.secret not in repr(Seed(app.secret))


def test_what_is_asked_is_not_printed(factor: Totp, alice: Subject) -> None:
    challenge = factor.begin_enroll(alice, ())
    assert challenge.asks[0].options["secret"] not in repr(challenge)
