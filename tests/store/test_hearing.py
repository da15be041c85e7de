"""Webhooks, streams and what waits in them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.errors import Tampered
from store import Account, Client, Store
from store.grants import Grant
from store.streams import DISABLED, PAUSED, POLL, PUSH, Stream, Wanted
from store.webhooks import KEPT, Attempt
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.store.test_secrets_at_rest import lies_about

MINUTE = timedelta(minutes=1)
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def stream(store: Store, chatbot: Client) -> Stream:
    with store.write() as tx:
        made = tx.streams.add(chatbot.id, Wanted(events_requested=("a", "b")))
    assert made
    return made


class TestWebhooks:
    def test_hear_what_they_asked_for_while_they_are_on(self, store: Store) -> None:
        with store.write() as tx:
            first = tx.webhooks.add("https://one.example/", ["a", "b"], "secret", "system:0")
            second = tx.webhooks.add("https://two.example/", ["b"], "secret", "system:0")
            assert tx.webhooks.hearing("a") == [first.id]
            assert set(tx.webhooks.hearing("b")) == {first.id, second.id}
            assert tx.webhooks.switch_off(first.id)
            assert not tx.webhooks.switch_off(first.id)
            assert tx.webhooks.hearing("b") == [second.id]
            assert tx.webhooks.hearing("c") == []

    def test_are_changed_at_a_version_by_one_alone(self, store: Store) -> None:
        with store.write() as tx:
            made = tx.webhooks.add("https://one.example/", ["a"], "secret", "system:0")
        done: list[bool] = []

        def change() -> None:
            with store.write() as tx:
                done.append(tx.webhooks.change(made.id, 1, {"active": False}))

        race(change, 8)
        assert sorted(done) == [*[False] * 7, True]
        with store.read() as tx:
            found = tx.webhooks.get(made.id)
        assert found == replace(made, active=False, version=2)

    def test_a_try_is_noted_until_it_is_old_or_the_webhook_gone(
        self, store: Store, clock: FakeClock
    ) -> None:
        with store.write() as tx:
            made = tx.webhooks.add("https://one.example/", ["a"], "secret", "system:0")
            for number in range(3):
                tx.webhooks.tried(made.id, Attempt("e" * 32, "a", number, 500))
            found = tx.webhooks.deliveries(made.id, None, 2)
            assert [each.attempt for each in found] == [2, 1]
            older = tx.webhooks.deliveries(made.id, found[-1].id, 2)
            assert [each.attempt for each in older] == [0]
            last = tx.webhooks.get(made.id)
            assert last
            assert (last.last_status, last.last_at) == (500, clock.now())
        clock.advance(KEPT)
        with store.write() as tx:
            assert tx.retention.purge(clock.now())["webhook_deliveries"] == 3
            assert tx.webhooks.remove(made.id)
            tx.webhooks.tried(made.id, Attempt("e" * 32, "a", 1, 200))
            assert tx.webhooks.deliveries(made.id, None, 9) == []

    @SQLITE
    def test_their_secret_lies_about_nowhere(self, store: Store, tmp_path: Path) -> None:
        with store.write() as tx:
            made = tx.webhooks.add("https://one.example/", ["a"], "canary-secret", "system:0")
            tx.webhooks.renew(made.id, 1, "canary-another")
            found = tx.webhooks.get(made.id)
        assert found
        assert found.secret == "canary-another"
        assert "canary" not in repr(found)
        assert not lies_about("canary-secret", tmp_path)
        assert not lies_about("canary-another", tmp_path)

    def test_a_secret_is_that_of_its_own_row(self, store: Store) -> None:
        with store.write() as tx:
            one = tx.webhooks.add("https://one.example/", ["a"], "secret", "system:0")
            two = tx.webhooks.add("https://two.example/", ["a"], "secret", "system:0")
        with store.database.write() as connection:
            connection.exec_driver_sql(
                f"UPDATE webhooks SET secret = (SELECT secret FROM webhooks WHERE id = '{one.id}')"
            )
        with store.read() as tx, pytest.raises(Tampered):
            tx.webhooks.get(two.id)


class TestStreams:
    def test_a_client_has_one_whoever_comes_at_once(self, store: Store, chatbot: Client) -> None:
        made: list[Stream | None] = []

        def add() -> None:
            with store.write() as tx:
                made.append(tx.streams.add(chatbot.id, Wanted()))

        race(add, 8)
        assert sum(each is not None for each in made) == 1

    def test_are_heard_by_whoever_was_granted_something(
        self, store: Store, stream: Stream, grant: Grant, jane: Account, chatbot: Client
    ) -> None:
        with store.write() as tx:
            other = tx.accounts.add("joe")
            assert [each.id for each in tx.streams.hearing(jane.id, None)] == [stream.id]
            assert tx.streams.hearing(other.id, None) == []
            assert [each.id for each in tx.streams.hearing(other.id, [chatbot.id])] == [stream.id]
            assert tx.streams.hearing(jane.id, []) == []
            assert tx.streams.set_status(stream, PAUSED, "")
            paused = tx.streams.get(stream.id)
            assert paused
            assert tx.streams.hearing(jane.id, None) == [paused]
            assert tx.streams.set_status(paused, DISABLED, "")
            assert tx.streams.hearing(jane.id, None) == []

    def test_are_changed_at_a_version(self, store: Store, stream: Stream) -> None:
        with store.write() as tx:
            assert tx.streams.replace(stream, Wanted(description="new"))
            assert not tx.streams.replace(stream, Wanted(description="newer"))
            assert not tx.streams.set_status(stream, PAUSED, "")
            found = tx.streams.get(stream.id)
        assert found
        assert (found.description, found.version, found.method) == ("new", 2, POLL)

    def test_one_has_the_turn_to_push_until_the_lease_ends(
        self, store: Store, stream: Stream, clock: FakeClock
    ) -> None:
        turns: list[bool] = []

        def take() -> None:
            with store.write() as tx:
                turns.append(tx.streams.lease(stream.id, MINUTE))

        race(take, 8)
        assert turns.count(True) == 1
        clock.advance(MINUTE)
        with store.write() as tx:
            assert tx.streams.lease(stream.id, MINUTE)
            tx.streams.release(stream.id)
            assert tx.streams.lease(stream.id, MINUTE)
            assert not tx.streams.lease("f" * 32, MINUTE)

    @SQLITE
    def test_what_they_are_reached_by_lies_about_nowhere(
        self, store: Store, chatbot: Client, tmp_path: Path
    ) -> None:
        wanted = Wanted(method=PUSH, endpoint_url="https://x.example/", authorization="canary-auth")
        with store.write() as tx:
            made = tx.streams.add(chatbot.id, wanted)
            assert made
            tx.streams.exclude(made.id, "canary-sub")
            tx.stream_events.put(made, {"sub_id": "canary-event"})
        assert made.authorization == "canary-auth"
        assert "canary" not in repr(made)
        for secret in ("canary-auth", "canary-sub", "canary-event"):
            assert not lies_about(secret, tmp_path)


class TestWaiting:
    def test_in_the_order_in_which_it_was_put(self, store: Store, stream: Stream) -> None:
        with store.write() as tx:
            for number in range(5):
                tx.stream_events.put(stream, {"number": number})
            found = tx.stream_events.waiting(stream, 3)
            assert [each.payload["number"] for each in found] == [0, 1, 2]
            taken = tx.stream_events.taken(stream.id, [found[0].jti, found[2].jti, "unknown"])
            assert set(taken) == {found[0].jti, found[2].jti}
            rest = tx.stream_events.waiting(stream, 9)
            assert [each.payload["number"] for each in rest] == [1, 3, 4]
            assert tx.stream_events.count(stream.id) == 3

    def test_what_is_of_the_stream_itself_goes_out_whatever_its_status(
        self, store: Store, stream: Stream
    ) -> None:
        paused = replace(stream, status=PAUSED)
        with store.write() as tx:
            tx.stream_events.put(stream, {"of": "a person"})
            tx.stream_events.put(stream, {"of": "the stream"}, control=True)
            [told] = tx.stream_events.waiting(paused, 9)
            assert told.payload == {"of": "the stream"}
            assert len(tx.stream_events.waiting(stream, 9)) == 2
            tx.stream_events.drop(stream.id)
            assert tx.stream_events.waiting(stream, 9) == [told]

    def test_nobody_acknowledges_what_is_another_s(self, store: Store, stream: Stream) -> None:
        with store.write() as tx:
            jti = tx.stream_events.put(stream, {})
            assert tx.stream_events.taken("f" * 32, [jti]) == []
            assert tx.stream_events.count(stream.id) == 1
