"""What nobody uses goes, with a word to its owner; what somebody uses stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.abilities import Consent
from contracts.assurance import Assurance
from contracts.errors import Conflict
from contracts.factor import Factor, Kind, Template
from contracts.text import Text
from gateway.carriers import make_carriers
from gateway.changes import Changes
from gateway.delivery import LEASE, Deliveries
from gateway.lockout import Lockout
from gateway.notices import Notices
from gateway.opening import make_factors
from gateway.retention import job
from gateway.retention.deleting import Retention
from gateway.retention.job import RETENTION, ask, ask_daily
from gateway.retention.opened import make_retention
from gateway.retention.sweeps import Templates
from gateway.settings import Settings
from store import Store
from store.grants import Access
from store.outbox import MESSAGE
from store.signer import Signer
from store.store import Transaction
from store.trail.verify import Verification
from tests.enrollment.conftest import Loudness
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import House

DAY = timedelta(days=1)
YEAR = 365 * DAY

Make = Callable[..., Retention]


class Ears(Loudness):
    """A voice factor with a name of its own."""

    consent = Consent(1, (Text("Heard."),))


@pytest.fixture
def factors(store: Store, clock: FakeClock, tmp_path: Path) -> dict[str, Any]:
    settings = Settings(env="test", data=tmp_path)
    return {**make_factors(settings, store, clock), "voice": Ears()}


@pytest.fixture
def make(store: Store, clock: FakeClock, tmp_path: Path, factors: dict[str, Any]) -> Make:
    def make(**settings: int) -> Retention:
        own = Settings(env="test", data=tmp_path, **settings)  # type: ignore[arg-type]
        notices = Notices(factors, lambda _, text: str(text), clock)
        return make_retention(store, clock, own, factors, notices)

    return make


def person(store: Store, name: str) -> str:
    """Add somebody with a password and a voice."""
    with store.write() as tx:
        account = tx.accounts.add(name, f"{name}@example.org")
        tx.biometric_consents.give(account.id, "voice", 1, "browser")
        for factor in ("password", "voice"):
            tx.credentials.add(account.id, factor, Template(b"secret", f"{factor}/1"))
    return account.id


def held(store: Store, account_id: str) -> set[str]:
    with store.read() as tx:
        return {each.factor for each in tx.credentials.list(account_id)}


def use(store: Store, account_id: str, factor: str) -> None:
    with store.write() as tx:
        [one] = [each for each in tx.credentials.list(account_id) if each.factor == factor]
        tx.credentials.used(one.id)


def told(store: Store, clock: FakeClock) -> list[dict[str, str]]:
    with store.write() as tx:
        return [row.payload for row in tx.outbox.claim(clock.now(), DAY, MESSAGE)]


def test_a_template_that_nobody_used_is_deleted_and_its_owner_told(
    store: Store, clock: FakeClock, make: Make
) -> None:
    idle, busy = person(store, "idle"), person(store, "busy")
    clock.advance(YEAR - DAY)
    retention = make()
    use(store, busy, "voice")
    assert not retention.turn()
    assert held(store, idle) == {"password", "voice"}
    clock.advance(DAY)
    assert [each.due for each in retention.preview() if each.name == "templates"] == [1]
    assert held(store, idle) == {"password", "voice"}, "looking deletes nothing"
    retention.turn()
    assert held(store, idle) == {"password"}, "never a way to begin a login"
    assert held(store, busy) == {"password", "voice"}
    [message] = told(store, clock)
    assert message["to"] == "idle@example.org"
    assert "365 days" in message["text"]
    with store.read() as tx:
        [consent] = tx.biometric_consents.list(idle)
        assert not consent.stands
        assert [each.due for each in retention.preview()] == [0, 0, 0]


def test_a_factor_that_a_login_begins_with_is_never_swept(
    store: Store, clock: FakeClock, make: Make, factors: dict[str, Factor]
) -> None:
    """Not even where somebody built one that measures people and asks for no name."""

    class Omniscient(Ears):
        usernameless = True

    swept = Templates(store, clock, {**factors, "voice": Omniscient()}, lambda *_: None, 1)
    somebody = person(store, "somebody")
    clock.advance(YEAR)
    assert swept.batch() == 0
    assert held(store, somebody) == {"password", "voice"}
    kinds = {each.kind for each in factors.values() if each.name in swept._factors}
    assert kinds <= {Kind.INHERENCE}


def test_nothing_goes_where_all_is_kept_for_ever(
    store: Store, clock: FakeClock, make: Make
) -> None:
    somebody = person(store, "somebody")
    clock.advance(10 * YEAR)
    kept = make(template_idle_days=0)
    assert not kept.turn()
    assert [(each.days, each.due) for each in kept.preview()] == [(0, 0)] * 3
    assert held(store, somebody) == {"password", "voice"}


def test_an_account_that_nobody_used_is_asked_to_leave_and_can_stay(
    store: Store, clock: FakeClock, make: Make
) -> None:
    _, busy, admin, shut = (person(store, name) for name in ("idle", "busy", "admin", "shut"))
    with store.write() as tx:
        tx.operators.grant(admin, "admin", "system:0")
        tx.accounts.set_disabled(shut, True)
    clock.advance(2 * YEAR)
    use(store, busy, "password")
    retention = make(template_idle_days=0, account_idle_days=700)
    assert [each.due for each in retention.preview()] == [0, 1, 0]
    retention.turn()
    with store.read() as tx:
        leaving = {each.username for each in tx.accounts.list() if each.erase_at}
    assert leaving == {"idle"}
    [message] = told(store, clock)
    assert (message["to"], "700 days" in message["text"]) == ("idle@example.org", True)
    retention.turn()
    assert told(store, clock) == [], "nobody is asked twice"


def test_who_was_kept_by_an_operator_is_left_alone(
    house: House, make: Make, store: Store, clock: FakeClock
) -> None:
    idle = person(store, "idle")
    clock.advance(2 * YEAR)
    retention = make(template_idle_days=0, account_idle_days=700)
    retention.turn()
    with store.write() as tx:
        tx.erasures.call_off(idle)
        tx.audit.add("account.kept", account_id=idle)
    retention.turn()
    with store.read() as tx:
        account = tx.accounts.get(idle)
    assert account
    assert account.erase_at is None


def test_what_an_application_holds_is_a_use(
    store: Store, clock: FakeClock, make: Make, house: House
) -> None:
    somebody = person(store, "somebody")
    house.chatbot("bot")
    clock.advance(2 * YEAR)
    with store.write() as tx:
        here = Assurance(somebody, "aal1", ("pwd",), clock.now(), "sid")
        tx.grants.open(here, "bot", Access(scope="openid"), DAY)
    assert [each.due for each in make(account_idle_days=700).preview()][1] == 0


def test_the_trail_is_pruned_and_the_rest_still_verifies(
    store: Store, clock: FakeClock, make: Make
) -> None:
    with store.write() as tx:
        tx.audit.add("login.finished", source="203.0.113.7")
        tx.checkpoints.make()
    clock.advance(31 * DAY)
    with store.write() as tx:
        tx.audit.add("login.finished", source="203.0.113.8")
        tx.checkpoints.make()
    retention = make(history_days=30)
    assert [each.due for each in retention.preview()][2] == 1
    retention.turn()
    with store.read() as tx:
        sources = [each.source for each in tx.audit.list(10) if each.event == "login.finished"]
    assert sources == ["203.0.113.8"]
    report = Verification(store, Signer(store.vault)).run()
    assert (report.first, report.pruned) == (None, 1)


def test_it_is_asked_for_once_and_once_a_day_by_itself(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    assert ask(store)
    assert not ask(store)
    settings = Settings(env="test", data=tmp_path)
    for _ in range(3):
        ask_daily(store, clock, settings)
    clock.advance(DAY)
    ask_daily(store, clock, settings)
    forever = Settings(env="test", data=tmp_path, template_idle_days=0)
    clock.advance(DAY / 2)
    ask_daily(store, clock, forever)
    with store.write() as tx:
        assert len(tx.outbox.claim(clock.now(), DAY, RETENTION)) == 1
        assert [each.event for each in tx.audit.list(9)] == ["retention.asked"]


def test_the_worker_does_it_in_turns(
    store: Store,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Make,
) -> None:
    """A turn that is over queues the next; whoever waits for the worker is not held up."""
    people = [person(store, f"p{one}") for one in range(5)]
    clock.advance(YEAR)
    monkeypatch.setattr("gateway.retention.sweeps.BATCH", 2)
    monkeypatch.setattr("gateway.retention.deleting.TURN", timedelta(0))
    monkeypatch.setattr("gateway.retention.opened.open_retention", lambda *_: make())
    ask(store)
    with ExitStack() as stack:
        settings = Settings(env="test", data=tmp_path)
        carriers = make_carriers(store, settings, clock, stack)
        deliveries = Deliveries(store, clock, {RETENTION: carriers[RETENTION]})
        stack.callback(deliveries.close)
        left = []
        while deliveries.drain():
            left.append(sum("voice" in held(store, each) for each in people))
    assert left == [3, 1, 0, 0]


def test_a_run_that_is_killed_goes_on_when_its_lease_ends(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    """The batch under way is taken back whole; the row is claimed again."""

    class Killed(BaseException):
        pass

    people = [person(store, f"p{one}") for one in range(5)]
    clock.advance(YEAR)
    monkeypatch.setattr("gateway.retention.sweeps.BATCH", 2)
    made = Changes.made
    seen: list[Any] = []

    def die(self: Changes, tx: Transaction, change: Any) -> None:
        seen.append(change)
        if len(seen) == 4:
            raise Killed
        made(self, tx, change)

    ask(store)
    with store.write() as tx:
        assert tx.outbox.claim(clock.now(), LEASE, RETENTION)
    with monkeypatch.context() as patched:
        patched.setattr(Changes, "made", die)
        dying = make()
        with pytest.raises(Killed):
            dying.turn()
    assert sum("voice" in held(store, each) for each in people) == 3
    with store.write() as tx:
        assert not tx.outbox.claim(clock.now(), LEASE, RETENTION)
    clock.advance(LEASE)
    with store.write() as tx:
        assert tx.outbox.claim(clock.now(), LEASE, RETENTION)
    make().turn()
    assert sum("voice" in held(store, each) for each in people) == 0
    assert len(told(store, clock)) == 5, "everybody is told once"


def test_the_last_admin_is_not_asked_to_leave(
    store: Store, clock: FakeClock, make: Make, factors: dict[str, Any]
) -> None:
    """Made an admin between the two transactions of a batch."""
    somebody = person(store, "somebody")
    clock.advance(2 * YEAR)
    retention = make(template_idle_days=0, account_idle_days=700)

    def refuse(*_: object, **__: object) -> None:
        raise Conflict

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Lockout, "keep", refuse)
        assert not retention.turn()
    with store.read() as tx:
        account = tx.accounts.get(somebody)
    assert account
    assert account.erase_at is None


def test_a_process_without_pages_builds_all_it_needs(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    settings = Settings(env="test", data=tmp_path, history_days=1, account_idle_days=1)
    ask(store)
    with store.write() as tx:
        [row] = tx.outbox.claim(clock.now(), LEASE, RETENTION)
        tx.outbox.done(row.id)
    job.Retentions(store, clock, settings).carry(row)
    with store.read() as tx:
        assert not tx.outbox.waits(RETENTION)
