"""The outbox worker, on both databases: nothing is lost, nothing is sent for ever."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from contracts.errors import BadRequest, GatehouseError, Tampered, Unavailable
from contracts.factor import Channel
from gateway import delivery, oidc, worker
from gateway.carriers import MESSAGE, Messages
from gateway.clients import Registration, register
from gateway.delivery import Deliveries
from gateway.rotation import longest_token, rotate_when_due
from gateway.settings import Settings
from store import Store
from tests.fakes.clock import FakeClock

MAIL = {"channel": "email", "to": "alice@example.org", "subject": "Code", "text": "123456"}
LIFETIME = timedelta(minutes=10)


@dataclass
class Carrier:
    """A sender that fails as often as it is told to."""

    channel: Channel = Channel.EMAIL
    failures: list[BaseException] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(
        self, *, to: str, subject: str, text: str, message_id: str, language: str = ""
    ) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((to, message_id))


def put(store: Store, **more: str) -> str:
    with store.write() as tx:
        return tx.outbox.put("message", MAIL | more, LIFETIME)


def made(store: Store, carrier: Carrier, clock: FakeClock) -> Deliveries:
    return Deliveries(store, clock, {MESSAGE: Messages({carrier.channel: carrier})})


def drain(store: Store, carrier: Carrier, clock: FakeClock) -> int:
    deliveries = made(store, carrier, clock)
    try:
        return deliveries.drain()
    finally:
        deliveries.close()


def test_a_message_is_sent_once(store: Store, clock: FakeClock) -> None:
    carrier, message_id = Carrier(), put(store)
    assert drain(store, carrier, clock) == 1
    clock.advance(2 * delivery.LEASE)
    assert drain(store, carrier, clock) == 0
    assert carrier.sent == [("alice@example.org", message_id)]


def test_a_failed_message_waits_longer_each_time(store: Store, clock: FakeClock) -> None:
    carrier = Carrier(failures=[Unavailable(), Unavailable()])
    message_id = put(store)
    for attempt in (1, 2):
        assert drain(store, carrier, clock) == 1
        clock.advance(delivery.pause(attempt) - timedelta(microseconds=1))
        assert drain(store, carrier, clock) == 0
        clock.advance(timedelta(microseconds=1))
    assert drain(store, carrier, clock) == 1
    assert carrier.sent == [("alice@example.org", message_id)]


def test_the_pause_doubles_up_to_a_limit() -> None:
    pauses = [delivery.pause(attempt) for attempt in range(1, 100)]
    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(pauses) == delivery.LONGEST_PAUSE


def test_what_can_never_be_sent_is_dropped(store: Store, clock: FakeClock) -> None:
    refused: GatehouseError = BadRequest(detail="no such mailbox")
    carrier = Carrier(failures=[refused])
    put(store)
    assert drain(store, carrier, clock) == 1
    clock.advance(LIFETIME / 2)
    assert drain(store, carrier, clock) == 0


def test_an_expired_message_is_not_sent(store: Store, clock: FakeClock) -> None:
    carrier = Carrier()
    put(store)
    clock.advance(LIFETIME)
    assert drain(store, carrier, clock) == 0
    worker.purge(store, clock)
    assert carrier.sent == []


def test_a_channel_without_a_sender_does_not_hold_the_others(
    store: Store, clock: FakeClock
) -> None:
    carrier = Carrier()
    put(store, channel="phone", to="+15550100")
    message_id = put(store)
    assert drain(store, carrier, clock) == 2
    assert carrier.sent == [("alice@example.org", message_id)]


def test_a_worker_that_dies_while_sending_loses_nothing(store: Store, clock: FakeClock) -> None:
    carrier, message_id = Carrier(failures=[SystemExit()]), put(store)
    with pytest.raises(SystemExit):
        drain(store, carrier, clock)
    assert drain(store, carrier, clock) == 0
    clock.advance(delivery.LEASE)
    assert drain(store, carrier, clock) == 1
    assert carrier.sent == [("alice@example.org", message_id)]


def test_two_workers_never_send_the_same_message(store: Store, clock: FakeClock) -> None:
    carrier = Carrier()
    messages = {put(store) for _ in range(30)}
    threads = [threading.Thread(target=drain, args=(store, carrier, clock)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [message_id for _, message_id in carrier.sent]
    assert len(sent) == len(set(sent))
    assert set(sent) == messages


@pytest.mark.parametrize("error", [Unavailable(), Tampered()], ids=["down", "bad row"])
def test_what_goes_wrong_does_not_end_the_worker(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, error: GatehouseError
) -> None:
    carrier, stopped = Carrier(), threading.Event()
    message_id = put(store)
    deliveries = made(store, carrier, clock)
    calls = iter([error, None])
    claim = deliveries.claim

    def shaky() -> int:
        failure = next(calls, None)
        if failure:
            raise failure
        stopped.set()
        found = claim()
        deliveries.settle(wait=True)
        return found

    monkeypatch.setattr(deliveries, "claim", shaky)
    worker.run(store, deliveries, clock, Settings(env="test"), stopped)
    deliveries.close()
    assert carrier.sent == [("alice@example.org", message_id)]


def test_people_who_leave_are_erased_within_a_minute(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier, stopped = Carrier(), threading.Event()
    with store.write() as tx:
        account = tx.accounts.add("alice")
        tx.erasures.plan(account.id, clock.now() + timedelta(days=7))
    clock.advance(timedelta(days=7))
    deliveries = made(store, carrier, clock)
    turns = iter(range(60))

    def a_second_later() -> int:
        clock.advance(timedelta(seconds=1))
        if next(turns, None) is None:
            stopped.set()
        return 1

    monkeypatch.setattr(deliveries, "claim", a_second_later)
    worker.run(store, deliveries, clock, Settings(env="test"), stopped)
    deliveries.close()
    with store.read() as tx:
        assert tx.accounts.get(account.id) is None
        [erased] = [record for record in tx.audit.list(10) if record.event == "account.erased"]
    assert erased.at - (clock.now() - timedelta(seconds=61)) < timedelta(minutes=1)


def test_keys_are_followed_by_the_next_when_they_are_old(store: Store, clock: FakeClock) -> None:
    settings = Settings(env="test", signing_key_days=30)
    assert not rotate_when_due(store, settings, clock)
    oidc.ensure(store, clock)
    first = {key["kid"] for key in oidc.jwks(store)["keys"]}
    clock.advance(timedelta(days=29))
    assert not rotate_when_due(store, settings, clock)
    clock.advance(timedelta(days=1))
    assert rotate_when_due(store, settings, clock)
    assert not rotate_when_due(store, settings, clock)
    published = {key["kid"] for key in oidc.jwks(store)["keys"]}
    assert first < published
    assert len(published) == 2 * len(first)


def test_keys_whose_time_is_over_are_destroyed(store: Store, clock: FakeClock) -> None:
    settings = Settings(env="test", signing_key_days=30)
    oidc.ensure(store, clock)
    first = {key["kid"] for key in oidc.jwks(store)["keys"]}
    oidc.rotate(store, clock, longest_token=timedelta(minutes=5))
    clock.advance(timedelta(days=1))
    with store.read() as tx:
        assert {key.kid for key in tx.keys.withdrawn()} == first
    assert not rotate_when_due(store, settings, clock)
    with store.read() as tx:
        assert tx.keys.withdrawn() == []


def test_keys_stay_as_long_as_the_longest_token(store: Store, clock: FakeClock) -> None:
    settings = Settings(
        env="test", id_token_seconds=60, access_token_seconds=70, session_seconds=80
    )
    assert longest_token(store, settings) == timedelta(minutes=2), "of logout tokens"
    lasting = settings.model_copy(update={"session_seconds": 9000})
    assert longest_token(store, lasting) == timedelta(seconds=9000), "of hints"
    assert longest_token(store, settings.model_copy(update={"access_token_seconds": 900})) == (
        timedelta(minutes=15)
    )
    register(store, clock, Registration(client_id="patient", access_token_seconds=3600))
    assert longest_token(store, settings) == timedelta(hours=1)
