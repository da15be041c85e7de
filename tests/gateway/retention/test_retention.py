"""What is kept too long is deleted, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.assurance import Assurance
from contracts.errors import Conflict
from contracts.factor import Factor, Kind
from gateway.lockout import Lockout
from gateway.retention.sweeps import Templates
from store import Store
from store.grants import Access
from store.signer import Signer
from store.trail.verify import Verification
from tests.fakes.clock import FakeClock
from tests.gateway.conftest import House
from tests.gateway.retention.conftest import (
    DAY,
    YEAR,
    Ears,
    Make,
    held,
    person,
    told,
)


def use(store: Store, account_id: str, factor: str) -> None:
    with store.write() as tx:
        [one] = [each for each in tx.credentials.list(account_id) if each.factor == factor]
        tx.credentials.used(one.id)


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
