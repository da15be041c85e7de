"""Device codes and backchannel requests: polled for, decided once, redeemed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import pytest

from store import Account, Client, Store, Transaction
from store.backchannel_requests import BackchannelRequest
from store.device_codes import ALPHABET, DeviceCode, new_user_code
from store.grants import Grant
from store.handles import typed
from store.polled import Approved, Poll, Unfinished
from store.redeemable import Replayed
from tests.fakes.clock import FakeClock
from tests.fakes.race import RUNNERS, race

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ID = "an auth_req_id"


class Kind(Protocol):
    """What both tables have in common: one row is asked for, decided and polled."""

    def approve(self, tx: Transaction, grant_id: str) -> bool: ...
    def deny(self, tx: Transaction) -> bool: ...
    def poll(self, tx: Transaction, client_id: str = ...) -> Poll: ...


@dataclass
class Device:
    code: str
    found: DeviceCode

    def approve(self, tx: Transaction, grant_id: str) -> bool:
        return tx.device_codes.approve(self.found, grant_id)

    def deny(self, tx: Transaction) -> bool:
        return tx.device_codes.deny(self.found)

    def poll(self, tx: Transaction, client_id: str = "chatbot") -> Poll:
        return tx.device_codes.poll(self.code, client_id)


@dataclass
class Backchannel:
    found: BackchannelRequest

    def approve(self, tx: Transaction, grant_id: str) -> bool:
        return tx.backchannel_requests.approve(self.found, "phone", grant_id)

    def deny(self, tx: Transaction) -> bool:
        return tx.backchannel_requests.deny(self.found)

    def poll(self, tx: Transaction, client_id: str = "chatbot") -> Poll:
        return tx.backchannel_requests.poll(ID, client_id)


def device(store: Store) -> Device:
    with store.write() as tx:
        pair = tx.device_codes.put("chatbot", {"scope": "openid"}, interval=5, lifetime=MINUTE)
        found = tx.device_codes.find(pair.user_code)
    assert found is not None
    assert found.request == {"scope": "openid"}
    return Device(pair.device_code, found)


def ask(tx: Transaction, account_id: str | None, name: str = ID) -> bool:
    return tx.backchannel_requests.put(
        name, "chatbot", account_id, {"scope": "openid"}, interval=5, lifetime=MINUTE
    )


def backchannel(store: Store, account: Account) -> Backchannel:
    with store.write() as tx:
        tx.backchannel_devices.add(account.id, "phone")
        assert ask(tx, account.id)
        found = tx.backchannel_requests.open_for(account.id, "phone")
        assert found is not None
        assert tx.backchannel_requests.match(found, "phone")
    return Backchannel(found)


@pytest.fixture(params=["device", "backchannel"])
def kind(request: pytest.FixtureRequest, store: Store, jane: Account, chatbot: Client) -> Kind:
    assert chatbot.id == "chatbot"
    return device(store) if request.param == "device" else backchannel(store, jane)


@pytest.fixture
def poll(kind: Kind, store: Store) -> Callable[..., Poll]:
    def once(*client: str) -> Poll:
        with store.write() as tx:
            return kind.poll(tx, *client)

    return once


def test_a_client_waits_and_is_told_to_wait_longer(
    poll: Callable[..., Poll], clock: FakeClock
) -> None:
    assert poll() is Unfinished.PENDING
    clock.advance(5 * SECOND)
    assert poll() is Unfinished.PENDING
    clock.advance(4 * SECOND)
    assert poll() is Unfinished.SLOW_DOWN
    clock.advance(9 * SECOND)
    assert poll() is Unfinished.SLOW_DOWN
    clock.advance(15 * SECOND)
    assert poll() is Unfinished.PENDING


def test_an_approval_is_redeemed_once_and_then_a_replay(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant
) -> None:
    with store.write() as tx:
        assert kind.approve(tx, grant.id)
        assert not kind.approve(tx, grant.id)
        assert not kind.deny(tx)
    assert poll() == Approved(grant.id)
    assert poll() == Replayed(grant.id)


def test_another_client_finds_nothing(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant
) -> None:
    with store.write() as tx:
        kind.approve(tx, grant.id)
    assert poll("another") is None
    assert poll() == Approved(grant.id)


def test_a_refusal_stands(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant
) -> None:
    with store.write() as tx:
        assert kind.deny(tx)
        assert not kind.approve(tx, grant.id)
    assert poll() is Unfinished.DENIED
    assert poll() is Unfinished.DENIED


def test_time_runs_out(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant, clock: FakeClock
) -> None:
    clock.advance(MINUTE)
    assert poll() is Unfinished.EXPIRED
    with store.write() as tx:
        assert not kind.approve(tx, grant.id)
        assert not kind.deny(tx)
        tx.retention.purge(clock.now())
    assert poll() is Unfinished.EXPIRED
    clock.advance(10 * MINUTE)
    with store.write() as tx:
        tx.retention.purge(clock.now())
    assert poll() is None


def test_an_approval_ends_with_its_session(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant
) -> None:
    with store.write() as tx:
        kind.approve(tx, grant.id)
        tx.grants.revoke_session(grant.sid)
    assert poll() is Unfinished.DENIED


def test_fifty_polls_redeem_one_approval(
    kind: Kind, poll: Callable[..., Poll], store: Store, grant: Grant
) -> None:
    with store.write() as tx:
        kind.approve(tx, grant.id)
    assert Counter(race(poll)) == {Approved(grant.id): 1, Replayed(grant.id): RUNNERS - 1}


def test_fifty_polls_at_once_are_one_that_came_in_time(poll: Callable[..., Poll]) -> None:
    assert Counter(race(poll)) == {Unfinished.PENDING: 1, Unfinished.SLOW_DOWN: RUNNERS - 1}


def test_fifty_decisions_are_one(kind: Kind, store: Store, grant: Grant) -> None:
    def decide() -> bool:
        with store.write() as tx:
            return kind.approve(tx, grant.id) or kind.deny(tx)

    assert sum(race(decide)) == 1


def test_a_user_code_is_typed_by_a_person(store: Store, chatbot: Client) -> None:
    with store.write() as tx:
        pair = tx.device_codes.put(chatbot.id, {}, interval=5, lifetime=MINUTE)
    with store.read() as tx:
        for said in (pair.user_code, f" {pair.user_code.lower().replace('-', ' . ')} "):
            assert tx.device_codes.find(said) is not None
        assert tx.device_codes.find(pair.device_code) is None
        assert tx.device_codes.find("") is None


def test_a_user_code_has_eight_of_twenty_letters() -> None:
    code = new_user_code()
    assert len(typed(code)) == 8
    assert set(typed(code)) <= set(ALPHABET)
    assert len(ALPHABET) == 20
    assert not set("AEIOUY01") & set(ALPHABET)


class TestOneOpenRequest:
    def test_a_second_one_reaches_nobody(
        self, store: Store, jane: Account, chatbot: Client
    ) -> None:
        with store.write() as tx:
            assert ask(tx, jane.id, "first")
            assert not ask(tx, jane.id, "second")
            assert not ask(tx, None, "third")
            for name in ("first", "second", "third"):
                assert tx.backchannel_requests.poll(name, chatbot.id) is Unfinished.PENDING

    @pytest.mark.usefixtures("chatbot")
    def test_fifty_at_once_are_one(self, store: Store, jane: Account) -> None:
        names = iter(map(str, range(RUNNERS)))

        def one() -> bool:
            with store.write() as tx:
                return ask(tx, jane.id, next(names))

        assert sum(race(one)) == 1

    @pytest.mark.usefixtures("chatbot")
    def test_one_that_expired_makes_room(
        self, store: Store, jane: Account, clock: FakeClock
    ) -> None:
        with store.write() as tx:
            ask(tx, jane.id, "first")
        clock.advance(MINUTE)
        with store.write() as tx:
            assert ask(tx, jane.id, "second")
            assert tx.backchannel_requests.poll("first", "chatbot") is Unfinished.EXPIRED

    @pytest.mark.usefixtures("chatbot")
    def test_once_taken_on_it_is_one_browsers(self, store: Store, jane: Account) -> None:
        with store.write() as tx:
            for browser in ("phone", "tablet"):
                tx.backchannel_devices.add(jane.id, browser)
            ask(tx, jane.id)
            assert tx.backchannel_requests.open_for(jane.id, "library") is None
            found = tx.backchannel_requests.open_for(jane.id, "phone")
            assert found is not None
            assert tx.backchannel_requests.match(found, "phone")
            assert not tx.backchannel_requests.match(found, "tablet")
            assert tx.backchannel_requests.open_for(jane.id, "tablet") is None
            assert tx.backchannel_requests.waiting("tablet") is None
            assert not tx.backchannel_requests.approve(found, "tablet", "0" * 32)
            mine = tx.backchannel_requests.open_for(jane.id, "phone")
            assert mine is not None
            assert mine.matched


@pytest.mark.usefixtures("chatbot")
def test_requests_reach_the_browsers_a_person_named(store: Store, jane: Account) -> None:
    with store.write() as tx:
        assert not tx.backchannel_devices.any(jane.id)
        for browser in ("phone", "phone", "tablet"):
            tx.backchannel_devices.add(jane.id, browser)
        assert tx.backchannel_requests.waiting("phone") is None
        ask(tx, jane.id)
        assert tx.backchannel_requests.waiting("phone")
        assert tx.backchannel_requests.waiting("another") is None
        here, there = tx.backchannel_devices.list(jane.id, "phone")
        assert (here.here, there.here) == (True, False)
        assert not tx.backchannel_devices.remove("0" * 32, here.id)
        assert tx.backchannel_devices.remove(jane.id, here.id)
        assert not tx.backchannel_devices.remove(jane.id, here.id)
        assert tx.backchannel_requests.waiting("phone") is None
        assert tx.backchannel_devices.any(jane.id)
