"""Samples to enrol are counted for each account, and measured one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.errors import Retry
from contracts.factor import Answer, Challenge, Subject, Template
from enrollment.ceremonies import Ceremonies
from enrollment.kiosk.client import Gateway
from enrollment.kiosk.identity import Identity
from enrollment.outcomes import Added, Asked, Callbacks, Judged, Rules
from enrollment.submission import Submission, Upload
from hardware import audio
from store import Account, Purpose, Store
from tests.enrollment.conftest import AN_HOUR, PHRASES, Loudness
from tests.enrollment.test_kiosk_client import sample
from tests.fakes.clock import FakeClock

MOST = 60
LOUD = Upload(audio.MEDIA_TYPE, audio.wav(bytes([0, 100]) * 1600, 16_000))
QUIET = Upload(audio.MEDIA_TYPE, audio.wav(bytes(3200), 16_000))
UNHEARD = Callbacks(str, lambda _tx, _change: None)

Came = Asked | Added | Judged


@pytest.fixture
def ceremonies(store: Store, loudness: Loudness, clock: FakeClock) -> Ceremonies:
    rules = Rules(False, 100, 5, 10, samples_per_hour=MOST)
    factors: dict[str, Any] = {"voice": loudness}
    return Ceremonies(store, factors, clock, rules, UNHEARD)


def agreed(store: Store, name: str) -> Account:
    with store.write() as tx:
        account = tx.accounts.add(name)
        tx.biometric_consents.give(account.id, "voice", 1, "browser")
    return account


def begin(ceremonies: Ceremonies, account: Account) -> Asked:
    return ceremonies.begin(Purpose.ENROLL, "voice", "owner", account.subject)


def send(ceremonies: Ceremonies, asked: Came, upload: Upload = LOUD) -> Came:
    assert isinstance(asked, Asked)
    return ceremonies.answer(asked.handle, "owner", Submission({}, {"sample": upload}, "browser"))


def spend(ceremonies: Ceremonies, account: Account) -> Came:
    """Send as many samples as are measured in an hour, none of them any good."""
    asked: Came = begin(ceremonies, account)
    for _ in range(MOST):
        asked = send(ceremonies, asked, QUIET)
    return asked


def reached(store: Store) -> list[tuple[str | None, dict[str, Any]]]:
    with store.read() as tx:
        noted = [each for each in tx.audit.list(9 * MOST) if each.event == "limit.reached"]
    return [(each.account_id, dict(each.detail)) for each in noted]


def refusals(store: Store) -> int:
    with store.read() as tx:
        return sum(entry.event == "sample.refused" for entry in tx.audit.list(2 * MOST))


def test_so_many_are_measured_in_an_hour(
    ceremonies: Ceremonies, store: Store, clock: FakeClock, loudness: Loudness
) -> None:
    nora = agreed(store, "nora")
    asked = spend(ceremonies, nora)
    for _ in range(3):
        asked = send(ceremonies, asked)
        assert isinstance(asked, Asked)
        assert (asked.status, asked.step) == (429, 1)
        assert asked.retry_after > 0
        assert "Please wait a while." in str(asked.error)
    assert isinstance(again := send(ceremonies, begin(ceremonies, nora)), Asked)
    assert again.status == 429
    assert len(loudness.heard) == MOST
    said = {"limit": "samples", "factor": "voice", "most": MOST, "hours": 1}
    assert reached(store) == [(nora.id, said)]
    clock.advance(timedelta(hours=1))
    assert isinstance(later := send(ceremonies, begin(ceremonies, nora)), Asked)
    assert (later.status, later.step) == (200, 2)


def test_others_are_measured_all_the_same(ceremonies: Ceremonies, store: Store) -> None:
    spend(ceremonies, agreed(store, "nora"))
    asked: Came = begin(ceremonies, agreed(store, "omar"))
    for _ in PHRASES:
        asked = send(ceremonies, asked)
    assert isinstance(asked, Added)


def test_what_is_not_measured_is_not_noted(
    ceremonies: Ceremonies, store: Store, loudness: Loudness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every capture that was no good is one entry of the trail: so many an hour, and no more."""

    def deaf(*_: object) -> None:
        raise Retry(reason="deaf")

    monkeypatch.setattr(loudness, "continue_enroll", deaf)
    asked = spend(ceremonies, agreed(store, "nora"))
    for _ in range(10):
        asked = send(ceremonies, asked)
    assert refusals(store) == MOST


def meanwhile(loudness: Loudness, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Let something happen, once, while a sample is measured."""
    measure = loudness.continue_enroll

    def both(subject: Subject, secret: bytes, answer: Answer) -> Challenge | Template:
        monkeypatch.setattr(loudness, "continue_enroll", measure)
        act()
        return measure(subject, secret, answer)

    monkeypatch.setattr(loudness, "continue_enroll", both)


def test_one_is_measured_at_a_time(
    ceremonies: Ceremonies, store: Store, loudness: Loudness, monkeypatch: pytest.MonkeyPatch
) -> None:
    nora, omar = agreed(store, "nora"), agreed(store, "omar")
    first, second, others = (begin(ceremonies, who) for who in (nora, nora, omar))
    came: list[Came] = []

    def at_once() -> None:
        came.extend(send(ceremonies, each) for each in (second, others))

    meanwhile(loudness, monkeypatch, at_once)
    mine = send(ceremonies, first)
    statuses = [each.status for each in (*came, mine) if isinstance(each, Asked)]
    assert statuses == [429, 200, 200]
    assert isinstance(waited := send(ceremonies, came[0]), Asked)
    assert (waited.status, waited.step) == (200, 2)


def test_the_next_is_measured_whatever_became_of_the_one_before(
    ceremonies: Ceremonies, store: Store, clock: FakeClock, loudness: Loudness
) -> None:
    nora = agreed(store, "nora")
    with store.write() as tx:
        assert tx.once.spend(f"sample under way:{nora.id}", timedelta(minutes=1))
    asked = send(ceremonies, begin(ceremonies, nora))
    assert isinstance(asked, Asked)
    assert (asked.status, loudness.heard) == (429, [])
    clock.advance(timedelta(minutes=1))
    assert isinstance(again := send(ceremonies, asked), Asked)
    assert again.status == 200


def test_a_queue_of_people_at_one_kiosk_is_enrolled(
    identity: Identity, wire: httpx.Client, clock: FakeClock, store: Store
) -> None:
    station = Gateway(identity, wire, clock)
    for number in range(MOST // len(PHRASES) + 1):
        account = agreed(store, f"person{number}")
        with store.write() as tx:
            ticket = tx.tickets.issue(account.id, AN_HOUR)
        enrolment = station.open(ticket)
        asked: Asked | None = station.begin(enrolment, "voice")
        while asked is not None:
            assert asked.error is None
            asked = station.answer(enrolment, asked, sample(clock))


def test_a_kiosk_is_told_how_long_one_person_waits(
    identity: Identity, wire: httpx.Client, clock: FakeClock, store: Store, loudness: Loudness
) -> None:
    station, account = Gateway(identity, wire, clock), agreed(store, "nora")
    with store.write() as tx:
        ticket = tx.tickets.issue(account.id, AN_HOUR)
        for _ in range(MOST):
            tx.limits.hit(f"samples:{account.id}", MOST, AN_HOUR)
    heard: list[httpx.Response] = []
    wire.event_hooks = {"response": [heard.append]}
    enrolment = station.open(ticket)
    again = station.answer(enrolment, station.begin(enrolment, "voice"), sample(clock))
    assert (heard[-1].status_code, heard[-1].headers["Retry-After"]) == (429, "3600")
    assert again is not None
    assert "Please wait a while." in str(again.error)
    assert loudness.heard == []
