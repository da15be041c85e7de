"""Streams that are pushed (RFC 8935): to a real server, in their order, each under one `jti`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.carriers import Streams
from gateway.delivery import LEASE, Deliveries
from gateway.oidc.ssf.events import CREDENTIAL_CHANGE, SUPPORTED
from gateway.settings import Settings
from store import Store
from store.clients import DYNAMIC
from store.events import Event
from store.stream_events import WAKE
from store.streams import PUSH, Stream, Wanted
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import ISSUER
from tests.gateway.oidc.ssf.conftest import Life, Receiver

ACCEPTED = [b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"]


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with Hostile(None).running() as server:
        yield server


@pytest.fixture
def events(server: Hostile) -> Hostile:
    """The server, which takes what it is sent."""
    server.play("/events", ACCEPTED)
    server.seen.clear()
    return server


@pytest.fixture
def stream(receiver: Receiver, life: Life, store: Store, events: Hostile) -> Stream:
    """A stream to the server on this machine, of a client that somebody granted something."""
    life.let_in("hears")
    url = f"{events.origin}/events"
    wanted = Wanted(method=PUSH, endpoint_url=url, events_requested=SUPPORTED)
    with store.write() as tx:
        made = tx.streams.add("hears", wanted)
    assert made
    return made


@pytest.fixture
def push(store: Store, clock: FakeClock, tmp_path: Path) -> Iterator[Callable[[], int]]:
    """What the worker does with streams that are due."""
    settings = Settings(env="test", data=tmp_path, issuer=ISSUER)
    made = Deliveries(store, clock, {WAKE: Streams(store, settings, clock)})
    yield made.drain
    made.close()


def happens(life: Life, *names: str) -> None:
    for name in names:
        change = {"factor": "totp", "credential_type": name, "change": "create"}
        life.happens(Event.FACTOR_ENROLLED, **change)


def posted(server: Hostile) -> list[tuple[dict[str, str], str]]:
    """Return the header fields and the body of each call."""
    found = []
    for raw in server.seen:
        head, _, body = raw.decode().partition("\r\n\r\n")
        request, *lines = head.split("\r\n")
        assert request == "POST /events HTTP/1.1"
        found.append((dict(line.split(": ", 1) for line in lines), body))
    return found


def order(life: Life, server: Hostile) -> list[str]:
    told = [life.read(body).claims["events"] for _, body in posted(server)]
    return [each[CREDENTIAL_CHANGE]["credential_type"] for each in told]


def test_one_set_a_call_signed_and_typed(
    stream: Stream, life: Life, events: Hostile, push: Callable[[], int]
) -> None:
    happens(life, "app")
    push()
    [(fields, body)] = posted(events)
    assert fields["Content-Type"] == "application/secevent+jwt"
    assert fields["Accept"] == "application/json"
    assert "Authorization" not in fields
    told = life.read(body)
    assert told.header["typ"] == "secevent+jwt"
    assert told.claims["aud"] == "hears"
    assert push() == 0


def test_in_the_order_in_which_it_happened(
    stream: Stream, life: Life, events: Hostile, push: Callable[[], int]
) -> None:
    happens(life, *"abcdefgh")
    push()
    assert order(life, events) == list("abcdefgh")


def test_with_the_header_field_that_the_receiver_gave(
    stream: Stream, life: Life, store: Store, events: Hostile, push: Callable[[], int]
) -> None:
    with store.write() as tx:
        assert tx.streams.replace(stream, replace_with(stream, authorization="Bearer of the bot"))
    happens(life, "app")
    push()
    assert posted(events)[0][0]["Authorization"] == "Bearer of the bot"
    with store.database.read() as connection:
        assert (
            b"of the bot"
            not in connection.exec_driver_sql("SELECT * FROM streams").one().authorization
        )


@pytest.mark.parametrize("status", [b"301 Moved", b"401 No", b"404 No", b"429 Later", b"500 No"])
def test_what_was_not_taken_stays_first_in_line_under_its_own_name(
    stream: Stream,
    life: Life,
    clock: FakeClock,
    events: Hostile,
    push: Callable[[], int],
    status: bytes,
) -> None:
    location = b"\r\nLocation: http://localhost:1/\r\n\r\n"
    events.play("/events", [b"HTTP/1.1 " + status + location])
    happens(life, "a", "b")
    push()
    assert order(life, events) == ["a"]
    events.play("/events", ACCEPTED)
    clock.advance(timedelta(minutes=10))
    push()
    assert order(life, events) == ["a", "a", "b"]
    first, again, _ = (life.read(body).claims for _, body in posted(events))
    assert first == again


def test_what_the_receiver_refuses_is_told_no_more(
    stream: Stream, life: Life, events: Hostile, push: Callable[[], int]
) -> None:
    said = {"err": "invalid_audience", "description": "not me"}
    events.answer("/events", said, status="400 Bad Request")
    happens(life, "a", "b")
    push()
    assert order(life, events) == ["a", "b"]
    events.play("/events", ACCEPTED)
    happens(life, "c")
    push()
    assert order(life, events) == ["a", "b", "c"]


def test_a_receiver_that_is_down_is_told_for_a_week(
    stream: Stream, life: Life, clock: FakeClock, events: Hostile, push: Callable[[], int]
) -> None:
    events.play("/events", [b"HTTP/1.1 503 Later\r\n\r\n"])
    happens(life, "a")
    for _ in range(6):
        push()
        clock.advance(timedelta(days=1))
    assert len(events.seen) == 6
    events.play("/events", ACCEPTED)
    push()
    assert order(life, events) == ["a"] * 7


def test_a_worker_that_dies_while_it_pushes_loses_nothing(
    stream: Stream,
    life: Life,
    events: Hostile,
    push: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the call and the note that it was taken: the same SET again, and then the next."""
    from store.stream_events import StreamEvents

    def dies(self: StreamEvents, stream_id: str, jtis: Any) -> None:
        raise SystemExit

    happens(life, "a", "b")
    with monkeypatch.context() as patch:
        patch.setattr(StreamEvents, "taken", dies)
        with pytest.raises(SystemExit):
            push()
    life.clock.advance(LEASE)
    push()
    assert order(life, events) == ["a", "a", "b"]
    assert len({life.read(body).claims["jti"] for _, body in posted(events)}) == 2


def test_two_workers_keep_the_order_and_tell_nothing_twice(
    stream: Stream,
    life: Life,
    clock: FakeClock,
    events: Hostile,
    store: Store,
    tmp_path: Path,
) -> None:
    settings = Settings(env="test", data=tmp_path, issuer=ISSUER)
    workers = [Deliveries(store, clock, {WAKE: Streams(store, settings, clock)}) for _ in range(3)]
    happens(life, *"abcdefghij")
    for _ in range(4):
        waiting = iter(workers)
        race(lambda each=waiting: next(each).drain(), len(workers))  # type: ignore[misc]
        clock.advance(timedelta(minutes=10))
    for worker in workers:
        worker.close()
    assert order(life, events) == list("abcdefghij")


def test_paused_it_waits_and_goes_on_where_it_was(
    stream: Stream,
    receiver: Receiver,
    life: Life,
    events: Hostile,
    push: Callable[[], int],
) -> None:
    receiver.call("POST", "status", {"stream_id": stream.id, "status": "paused"})
    happens(life, "a", "b")
    push()
    assert events.seen == []
    receiver.call("POST", "status", {"stream_id": stream.id, "status": "enabled"})
    push()
    assert order(life, events) == ["a", "b"]


def test_what_waited_to_be_polled_is_pushed_when_the_receiver_wants_that(
    receiver: Receiver, life: Life, events: Hostile, store: Store, push: Callable[[], int]
) -> None:
    made = receiver.create()
    life.let_in("hears")
    happens(life, "a")
    push()
    assert events.seen == []
    url = f"{events.origin}/events"
    with store.write() as tx:
        stream = tx.streams.get(made["stream_id"])
        assert stream
        tx.streams.replace(stream, replace_with(stream, method=PUSH, endpoint_url=url))
        changed = tx.streams.get(stream.id)
        assert changed
        tx.stream_events.wake(changed)
    push()
    assert order(life, events) == ["a"]


def test_strangers_cannot_have_us_call_ourselves(
    stream: Stream, life: Life, store: Store, events: Hostile, push: Callable[[], int]
) -> None:
    """Clients that no operator registered are called in public and by https alone."""
    with store.write() as tx:
        client = tx.clients.get("hears")
        assert client
        tx.clients.put(replace(client, source=DYNAMIC))
    happens(life, "a")
    push()
    assert events.seen == []


def test_a_stream_that_is_gone_is_left_alone(
    stream: Stream, life: Life, store: Store, events: Hostile, push: Callable[[], int]
) -> None:
    happens(life, "a")
    with store.write() as tx:
        tx.streams.remove(stream.id)
    push()
    assert push() == 0
    assert events.seen == []


def replace_with(stream: Stream, **more: Any) -> Wanted:
    return Wanted(**{name: getattr(stream, name) for name in Wanted.__dataclass_fields__} | more)
