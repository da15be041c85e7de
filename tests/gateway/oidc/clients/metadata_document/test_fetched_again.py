"""When a client's document is fetched again, and how long it is believed."""

from __future__ import annotations

from datetime import timedelta

from gateway.oidc.clients.metadata_document import STALE
from gateway.oidc.fetching.freshness import MOST
from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.clients.metadata_document.conftest import (
    Client,
    Publish,
    allow,
)
from tests.gateway.oidc.hostile import Hostile

REMEMBERED = timedelta(seconds=3)
"""After this a web worker asks the store again."""


def test_it_is_fetched_again_when_its_server_says_so(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/aging", {"Cache-Control": "max-age=600"}, client_name="Old"))
    asked = len(hostile.seen)
    assert "Old" in rp.authorize().text
    publish("/aging", {"Cache-Control": "max-age=600"}, client_name="Young")
    clock.advance(timedelta(seconds=599))
    assert "Old" in rp.authorize().text
    assert len(hostile.seen) == asked + 1
    clock.advance(REMEMBERED)
    assert "Young" in rp.authorize().text
    assert len(hostile.seen) == asked + 2


def test_it_goes_on_for_a_day_where_its_server_does_not_answer(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/fails"))
    assert rp.authorize().status_code == 200
    hostile.answer("/fails", {}, status="503 Service Unavailable")
    clock.advance(STALE)
    assert rp.authorize().status_code == 200
    clock.advance(timedelta(hours=1))
    assert rp.authorize().status_code == 400


def test_a_server_that_does_not_answer_is_asked_once_a_minute(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/silent"))
    assert rp.authorize().status_code == 200
    hostile.answer("/silent", {}, status="503 Service Unavailable")
    clock.advance(timedelta(hours=2))
    asked = len(hostile.seen)
    for _ in range(5):
        clock.advance(REMEMBERED)
        assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 1
    clock.advance(timedelta(minutes=1))
    assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 2


def test_one_that_was_removed_is_asked_again(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock, store: Store
) -> None:
    rp = client(publish("/removed", {"Cache-Control": "no-store"}))
    for minutes in (0, 2):
        clock.advance(timedelta(minutes=minutes))
        assert rp.authorize().status_code == 200
    with store.write() as tx:
        assert tx.clients.remove(rp.client_id)
    clock.advance(REMEMBERED)
    assert rp.authorize().status_code == 200
    with store.read() as tx:
        assert tx.clients.get(rp.client_id) is not None


def test_it_ends_at_once_where_its_document_is_gone_or_invalid(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/gone", {"Cache-Control": "no-store"}))
    assert rp.authorize().status_code == 200
    for status, content in (("404 Not Found", {}), ("410 Gone", {}), ("200 OK", {"x": 1})):
        hostile.answer("/gone", content, status=status)
        clock.advance(timedelta(minutes=2))
        assert rp.authorize().status_code == 400
    publish("/gone")
    assert rp.authorize().status_code == 200


def test_what_never_was_valid_is_not_kept(
    client: Client, publish: Publish, hostile: Hostile
) -> None:
    """No failure is cached (section 5.2): a document that is put right counts at once."""
    address = f"{hostile.origin}/late"
    hostile.plays.pop("/late", None)
    assert client(address).authorize().status_code == 400
    assert publish("/late") == address
    assert client(address).authorize().status_code == 200


def test_a_refresh_token_of_a_vanished_client_is_worth_nothing(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    grants = ["authorization_code", "refresh_token"]
    rp = client(publish("/leaves", {"Cache-Control": "no-store"}, grant_types=grants))
    token = rp.exchange(allow(rp, rp.authorize())).json["refresh_token"]
    hostile.plays.pop("/leaves")
    clock.advance(timedelta(minutes=2))
    answer = rp.token(grant_type="refresh_token", refresh_token=token)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_no_time_is_kept_beyond_a_day(
    client: Client, publish: Publish, hostile: Hostile, clock: FakeClock
) -> None:
    rp = client(publish("/forever", {"Cache-Control": "max-age=31536000"}))
    assert rp.authorize().status_code == 200
    asked = len(hostile.seen)
    clock.advance(MOST + REMEMBERED)
    assert rp.authorize().status_code == 200
    assert len(hostile.seen) == asked + 1
