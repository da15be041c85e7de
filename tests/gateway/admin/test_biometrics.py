"""How often captures cannot be used: noted where it happens, shown to operators as rates."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from contracts.errors import BadRequest, NotEnrolled, Retry
from contracts.factor import Answer, Challenge, Enrolled, Subject, Template, Verdict
from enrollment.ceremonies import Ceremonies
from enrollment.outcomes import Asked, Callbacks, Judged, Rules
from enrollment.submission import Submission, Upload
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from store import Purpose
from store.audit import Record
from tests.enrollment.conftest import Loudness
from tests.gateway.admin.conftest import Act, Call
from tests.gateway.conftest import Build, House

EVENTS = ("sample.refused", "enrolment.failed")


class Fussy(Loudness):
    """Does with a recording what the recording says."""

    def continue_enroll(
        self, subject: Subject, secret: bytes, answer: Answer
    ) -> Challenge | Template:
        self._listen(answer)
        return Template(b"loud", "loudness-1")

    def finish_verify(
        self, subject: Subject, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer
    ) -> Verdict:
        self._listen(answer)
        return Verdict(True, enrolled[0].credential_id)

    def _listen(self, answer: Answer) -> None:
        match answer.samples[0].data:
            case b"quiet":
                raise Retry(reason="too_quiet", detail="level -60 dBFS")
            case b"noise":
                raise BadRequest(reason="unreadable")
            case b"nameless":
                raise Retry()
            case b"two people":
                raise NotEnrolled(reason="no_agreement")


@pytest.fixture
def house(build: Build) -> House:
    return build(factors={"voice": Fussy()})


@pytest.fixture
def vera(house: House) -> str:
    """Somebody who agreed."""
    account_id = house.enrolled("vera")
    with house.store.write() as tx:
        tx.biometric_consents.give(account_id, "voice", 1, "Front desk")
    return account_id


@pytest.fixture
def ceremonies(house: House) -> Ceremonies:
    rules = Rules(False, 100, 5, 10, idle_days=365)
    calls = Callbacks(str, lambda *_: None, lambda: "203.0.113.7")
    return Ceremonies(house.store, {"voice": Fussy()}, house.clock, rules, calls)


def speak(ceremonies: Ceremonies, who: str, purpose: Purpose, *recordings: bytes) -> object:
    """Answer one ceremony with one recording after the other."""
    asked: object = ceremonies.begin(purpose, "voice", "owner", Subject(who, "vera"))
    for each in recordings:
        assert isinstance(asked, Asked)
        sent = Submission({}, {"sample": Upload("audio/wav", each)}, "browser")
        asked = ceremonies.answer(asked.handle, "owner", sent)
    return asked


def noted(house: House, who: str) -> Sequence[Record]:
    with house.store.read() as tx:
        return tx.audit.of(who, EVENTS, 9)


def test_a_capture_that_was_refused_is_noted_by_name_alone(
    house: House, ceremonies: Ceremonies, vera: str
) -> None:
    speak(ceremonies, vera, Purpose.ENROLL, b"quiet", b"nameless")
    [entry] = noted(house, vera)
    assert entry.detail == {"factor": "voice", "purpose": "enroll", "reason": "too_quiet"}
    assert entry.source == "203.0.113.7"


def test_an_enrolment_that_came_to_nothing_is_noted(
    house: House, ceremonies: Ceremonies, vera: str
) -> None:
    with pytest.raises(NotEnrolled):
        speak(ceremonies, vera, Purpose.ENROLL, b"two people")
    [entry] = noted(house, vera)
    assert entry.event == "enrolment.failed"
    assert entry.detail["reason"] == "no_agreement"


def test_operators_see_rates_and_what_was_wrong(
    ceremonies: Ceremonies, call: Call, vera: str
) -> None:
    speak(ceremonies, vera, Purpose.ENROLL, b"quiet", b"good")
    judged = speak(ceremonies, vera, Purpose.VERIFY, b"quiet", b"quiet", b"noise", b"good")
    assert isinstance(judged, Judged)
    [voice] = call("biometrics.quality").factors
    assert (voice.captures, voice.unused, voice.fta) == (4, 3, 0.75)
    assert (voice.people, voice.not_enrolled, voice.fte) == (1, 0, 0.0)
    reasons = call("biometrics.refusals").reasons
    assert [each.words for each in reasons][1:] == ["too quiet", "a file that cannot be read"]
    assert [(each.purpose, each.reason, each.count, each.share) for each in reasons] == [
        ("verify", "too_quiet", 2, 0.6667),
        ("enroll", "too_quiet", 1, 1.0),
        ("verify", "unreadable", 1, 0.3333),
    ]


def test_where_nobody_tried_there_is_no_rate(desk: Desk, act: Act) -> None:
    shown = desk.call(act(Role.VIEWER), "biometrics.quality", {"days": 7})
    assert shown.model_dump()["factors"] == [
        {
            **{"factor": "voice", "captures": 0, "unused": 0, "fta": None},
            **{"people": 0, "not_enrolled": 0, "fte": None},
        }
    ]


def test_operators_see_what_is_not_detected(desk: Desk, act: Act) -> None:
    told = desk.call(act(Role.VIEWER), "biometrics.attacks", {}).model_dump()["attacks"]
    assert {each["factor"] for each in told} == {"voice"}
    passed = [each["apcer"] for each in told]
    assert passed == sorted(passed, reverse=True)
    words = {each["species"]: each["words"] for each in told}
    assert words["splicing"].startswith("Words cut out of recordings")


@pytest.mark.parametrize("days", [0, 367, -1])
def test_a_period_has_bounds(call: Call, days: int) -> None:
    with pytest.raises(BadRequest):
        call("biometrics.quality", days=days)
