"""Streams that are polled (RFC 8936): nothing is lost, nothing is told for ever."""

from __future__ import annotations

import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.oidc.ssf import rfc8936
from gateway.oidc.ssf.events import CREDENTIAL_CHANGE
from gateway.worker import purge
from store import Store
from store.events import Event
from store.stream_events import KEPT
from store.streams import PUSH
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.ssf.conftest import Life, Receiver
from tests.waiting import PATIENCE

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "streams.json").read_text())


@pytest.fixture
def stream(receiver: Receiver, life: Life) -> dict[str, Any]:
    """A stream in which five changes wait."""
    made = receiver.create()
    life.let_in("hears")
    for number in range(5):
        change = {"factor": "totp", "credential_type": str(number), "change": "create"}
        life.happens(Event.FACTOR_ENROLLED, **change)
    return made


def order(life: Life, found: dict[str, Any]) -> list[str]:
    """Return which of the five changes these are, as they were handed out."""
    told = [life.read(token).claims["events"] for token in found["sets"].values()]
    return [each[CREDENTIAL_CHANGE]["credential_type"] for each in told]


def test_what_is_not_acknowledged_is_handed_out_again(
    receiver: Receiver, life: Life, stream: dict[str, Any]
) -> None:
    first, second = receiver.poll(stream), receiver.poll(stream)
    assert order(life, first) == ["0", "1", "2", "3", "4"]
    assert first["moreAvailable"] is False
    assert first["sets"].keys() == second["sets"].keys()
    claims = [
        life.read(found["sets"][jti]).claims for found in (first, second) for jti in found["sets"]
    ]
    assert claims[:5] == claims[5:], "sent again, a SET says the same"
    rest = receiver.poll(stream, ack=list(first["sets"])[:2])
    assert order(life, rest) == ["2", "3", "4"]
    assert receiver.poll(stream, ack=list(rest["sets"])) == {"sets": {}, "moreAvailable": False}


def test_some_at_a_time_in_their_order(
    receiver: Receiver, life: Life, stream: dict[str, Any]
) -> None:
    seen, taken = [], []
    for more in (True, True, False):
        found = receiver.poll(stream, maxEvents=2, ack=taken)
        assert found["moreAvailable"] is more
        taken = list(found["sets"])
        seen += order(life, found)
    assert seen == ["0", "1", "2", "3", "4"]


def test_whoever_only_acknowledges_is_handed_nothing(
    receiver: Receiver, stream: dict[str, Any]
) -> None:
    jtis = list(receiver.poll(stream)["sets"])
    found = receiver.poll(stream, maxEvents=0, ack=jtis[:4])
    assert found == {"sets": {}, "moreAvailable": True}
    assert list(receiver.poll(stream)["sets"]) == jtis[4:]


def test_what_cannot_be_read_is_noted_and_told_no_more(
    receiver: Receiver, stream: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    jtis = list(receiver.poll(stream)["sets"])
    errors = {jtis[0]: {"err": "invalid_key", "description": "Key ID is unknown"}}
    with caplog.at_level(logging.WARNING):
        found = receiver.poll(stream, setErrs=errors)
    assert list(found["sets"]) == jtis[1:]
    [record] = [each for each in caplog.records if each.name == "gatehouse.streams"]
    assert record.__dict__["err"] == "invalid_key"


def test_what_was_never_handed_out_cannot_be_acknowledged_elsewhere(
    receiver: Receiver, stream: dict[str, Any]
) -> None:
    found = receiver.poll(stream, ack=["f" * 32, "no jti at all"], setErrs={"x": {"err": "jwtIss"}})
    assert len(found["sets"]) == 5


@pytest.mark.parametrize(
    "sent", [case["sent"] for case in VECTORS["polls"]], ids=[c["why"] for c in VECTORS["polls"]]
)
def test_what_is_malformed_is_refused_and_acknowledges_nothing(
    receiver: Receiver, stream: dict[str, Any], sent: dict[str, Any]
) -> None:
    jtis = list(receiver.poll(stream)["sets"])
    path = f"poll/{stream['stream_id']}"
    answer = receiver.call("POST", path, {"returnImmediately": True, "ack": jtis, **sent})
    assert answer.status_code == 400
    assert list(receiver.poll(stream)["sets"]) == jtis


def test_a_stream_that_is_pushed_is_not_polled(receiver: Receiver) -> None:
    pushed = {"method": PUSH, "endpoint_url": "https://bot.example/events"}
    made = receiver.create(delivery=pushed)
    answer = receiver.call("POST", f"poll/{made['stream_id']}", {"returnImmediately": True})
    assert answer.status_code == 404


def test_whoever_is_away_for_too_long_misses_something(
    receiver: Receiver, stream: dict[str, Any], store: Store, clock: FakeClock
) -> None:
    clock.advance(KEPT - timedelta(seconds=1))
    assert len(receiver.poll(stream)["sets"]) == 5
    clock.advance(timedelta(seconds=1))
    assert receiver.poll(stream)["sets"] == {}
    purge(store, clock)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM stream_events").all() == []


class TestWaiting:
    def test_ends_when_something_happens(
        self, receiver: Receiver, life: Life, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rfc8936, "WAIT_SECONDS", PATIENCE)
        made = receiver.create()
        life.let_in("hears")
        change = {"factor": "totp", "credential_type": "app", "change": "create"}
        later = threading.Timer(0.4, lambda: life.happens(Event.FACTOR_ENROLLED, **change))
        later.start()
        found = receiver.poll(made, returnImmediately=False)
        later.join()
        assert len(found["sets"]) == 1

    def test_ends_by_itself_and_few_wait_at_a_time(
        self, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made, bearer = receiver.create(), receiver.bearer
        asleep, woken = threading.Semaphore(0), threading.Event()

        def sleep(seconds: float) -> None:
            asleep.release()
            assert woken.wait(PATIENCE)

        monkeypatch.setattr(rfc8936, "WAIT_SECONDS", 0.1)
        monkeypatch.setattr(rfc8936, "time", SimpleNamespace(sleep=sleep, monotonic=monotonic))

        def poll() -> Any:
            client = receiver.http.application.test_client()
            return client.post(f"/ssf/poll/{made['stream_id']}", json={}, headers=bearer).json

        nothing = {"sets": {}, "moreAvailable": False}
        with ThreadPoolExecutor(rfc8936.WAITING) as threads:
            waiting = [threads.submit(poll) for _ in range(rfc8936.WAITING)]
            assert all(asleep.acquire(timeout=PATIENCE) for _ in waiting)
            assert poll() == nothing
            assert not asleep.acquire(blocking=False), "as many wait as may"
            woken.set()
            assert [each.result() for each in waiting] == [nothing] * rfc8936.WAITING
