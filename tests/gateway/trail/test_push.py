"""The trail is posted to services of the operator's: signed, in order, retried, without scores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Misconfigured
from gateway.carriers import make_carriers
from gateway.delivery import Deliveries
from gateway.senders import signed
from gateway.settings import Settings
from gateway.trail.push import ANCHOR, AUDIT, Push
from gateway.trail.sealing import Sealing
from store import Store
from store.signer import Signer
from tests.fakes.clock import FakeClock
from tests.gateway.senders.test_webhook import Receiver
from tests.serving import answering

MINUTE = timedelta(minutes=1)
SCORE = 0.8125


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with answering(Receiver()) as server:
        yield server


@pytest.fixture
def secret(tmp_path: Path) -> str:
    made = signed.new_secret()
    (tmp_path / "secret").write_text(made + "\n")
    return made


@pytest.fixture
def settings(receiver: Receiver, secret: str, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path,
        env="test",
        audit_url=f"{receiver.url}/trail",
        audit_anchor_url=f"{receiver.url}/anchors",
        audit_secret_file=tmp_path / "secret",
    )


@pytest.fixture
def deliveries(store: Store, settings: Settings, clock: FakeClock) -> Iterator[Deliveries]:
    pushes = {kind: Push(store, settings, clock) for kind in (ANCHOR, AUDIT)}
    made = Deliveries(store, clock, pushes)
    yield made
    made.close()


def happen(store: Store, settings: Settings, clock: FakeClock, *events: str) -> None:
    with store.write() as tx:
        for event in events:
            tx.audit.add(event, source="203.0.113.7", detail={"score": SCORE, "factor": "voice"})
    Sealing(store, settings, clock).run()
    clock.advance(timedelta(seconds=1))


def bodies(receiver: Receiver, path: str) -> list[str]:
    return [body.decode() for called, _, body in receiver.calls if called == path]


def test_each_checkpoint_is_posted_with_its_entries(
    store: Store, settings: Settings, clock: FakeClock, receiver: Receiver, deliveries: Deliveries
) -> None:
    happen(store, settings, clock, "event.one", "event.two")
    deliveries.drain()
    [text] = bodies(receiver, "/trail")
    *entries, checkpoint = [json.loads(line) for line in text.splitlines()]
    assert [each["event"] for each in entries] == ["event.one", "event.two"]
    assert entries[0]["detail"] == {"factor": "voice"}
    assert entries[0]["address"] == "203.0.113.7"
    [anchor] = bodies(receiver, "/anchors")
    assert json.loads(anchor) == checkpoint
    opened = Signer(store.vault).open(checkpoint["signed"], "audit-checkpoint+jwt")
    assert opened
    assert (opened["n"], opened["count"]) == (1, 2)
    assert str(SCORE) not in text + anchor


def test_a_call_is_signed(
    store: Store,
    settings: Settings,
    clock: FakeClock,
    receiver: Receiver,
    deliveries: Deliveries,
    secret: str,
) -> None:
    happen(store, settings, clock, "event")
    deliveries.drain()
    for _, fields, body in receiver.calls:
        given = {name.lower(): value for name, value in fields.items()}
        moment = int(given["webhook-timestamp"])
        expected = signed.signature(signed.key_of(secret), given["webhook-id"], moment, body)
        assert given["webhook-signature"] == expected
    assert len(receiver.calls) == 2


def test_a_receiver_that_is_away_gets_all_in_order(
    store: Store, settings: Settings, clock: FakeClock, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.status = 503
    for number in range(4):
        happen(store, settings, clock, f"event.{number}")
        deliveries.drain()
    receiver.calls.clear()
    receiver.status = 200
    for _ in range(10):
        clock.advance(5 * MINUTE)
        deliveries.drain()
    firsts = [json.loads(text.splitlines()[0])["event"] for text in bodies(receiver, "/trail")]
    assert firsts == [f"event.{number}" for number in range(4)]
    numbers = [json.loads(text)["checkpoint"] for text in bodies(receiver, "/anchors")]
    assert numbers == [1, 2, 3, 4]


def test_without_an_address_nothing_is_posted(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    happen(store, Settings(data=tmp_path, env="test"), clock, "event")
    with store.read() as tx:
        assert tx.outbox.kinds(clock.now()) == []


@pytest.mark.parametrize("content", [None, "", "whsec_short", "nothing"])
def test_without_a_secret_no_worker_starts(
    store: Store, clock: FakeClock, settings: Settings, tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "secret").unlink()
    if content is not None:
        (tmp_path / "secret").write_text(content)
    with pytest.raises(Misconfigured, match="GATEHOUSE_AUDIT_SECRET_FILE"), ExitStack() as stack:
        make_carriers(store, settings, clock, stack)
