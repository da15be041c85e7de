"""What became of captures, counted from the trail alone."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

import pytest

from store import Store
from store.models import audit
from store.trail.samples import Enrolments, Outcome
from tests.fakes.clock import FakeClock
from tests.timing import quickest

DAY = timedelta(days=1)
ROWS = MANY = 10_000


def note(store: Store, event: str, who: str | None = None, **facts: str) -> None:
    with store.write() as tx:
        account = tx.accounts.find(who) or tx.accounts.add(who) if who else None
        tx.audit.add(event, account_id=account.id if account else None, facts=facts)


def test_outcomes_are_counted_by_what_was_wrong(store: Store, clock: FakeClock) -> None:
    note(store, "sample.refused", "ann", factor="voice", purpose="verify", reason="too_quiet")
    clock.advance(2 * DAY)
    for _ in range(2):
        note(store, "sample.refused", "bob", factor="voice", purpose="verify", reason="too_noisy")
    note(store, "factor.accepted", "bob", factor="voice")
    note(store, "factor.accepted", "bob")
    note(store, "login.finished", "bob", factor="voice")
    with store.read() as tx:
        found = tx.trail.samples.outcomes(clock.now() - DAY, MANY)
    assert found == [
        Outcome("voice", "factor.accepted", "", "", 1),
        Outcome("voice", "sample.refused", "verify", "too_noisy", 2),
    ]


def test_no_more_entries_than_asked_for_count_the_newest_of_them(
    store: Store, clock: FakeClock
) -> None:
    for reason in ("too_quiet", "too_noisy", "too_short"):
        note(store, "sample.refused", "ann", factor="voice", purpose="verify", reason=reason)
        clock.advance(timedelta(minutes=1))
    with store.read() as tx:
        found = tx.trail.samples.outcomes(clock.now() - DAY, 2)
    assert {each.reason for each in found} == {"too_noisy", "too_short"}


def test_people_are_counted_once_however_often_they_tried(store: Store, clock: FakeClock) -> None:
    for _ in range(3):
        note(store, "sample.refused", "ann", factor="voice", purpose="enroll", reason="too_quiet")
    note(store, "credential.added", "ann", factor="voice")
    note(store, "enrolment.failed", "bob", factor="voice", reason="no_agreement")
    note(store, "sample.refused", "cy", factor="voice", purpose="verify", reason="too_quiet")
    note(store, "sample.refused", factor="voice", purpose="enroll", reason="too_quiet")
    note(store, "credential.added", "dan", factor="totp")
    with store.read() as tx:
        found = tx.trail.samples.enrolments(clock.now() - DAY, MANY)
    assert sorted(found, key=lambda each: each.factor) == [
        Enrolments("totp", 1, 1),
        Enrolments("voice", 2, 1),
    ]


@pytest.mark.slow
def test_ten_thousand_entries_are_counted_in_a_blink(store: Store, clock: FakeClock) -> None:
    row = {"at": clock.now(), "writer": "w", "hash": "0"}
    kinds = ("factor.accepted", "sample.refused", "credential.added", "login.finished")
    said = {"factor": "voice", "purpose": "enroll", "reason": "too_quiet"}
    rows = [
        row | {"event": kinds[n % 4], "seq": n, "subject": f"{n % 5000:032}", "facts": said}
        for n in range(ROWS)
    ]
    with store.database.write() as connection:
        connection.execute(audit.insert(), rows)

    def count() -> int:
        with store.read() as tx:
            tx.trail.samples.enrolments(clock.now() - DAY, MANY)
            return sum(each.count for each in tx.trail.samples.outcomes(clock.now() - DAY, MANY))

    counted, seconds = quickest(count, 0.5, perf_counter)
    assert counted == ROWS // 2
    assert seconds < 0.5
