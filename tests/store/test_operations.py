"""Outbox, limits, spent values, audit, tickets, stations, enrolments and retention."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.assurance import Assurance, Requirement
from contracts.errors import Conflict
from store import Account, Ceremony, Purpose, Station, Store, device_codes
from store.codes import Code
from store.grants import Access, Grant
from store.recovery_walks import RecoveryWalk
from store.retention import ENDS
from store.signups import Signup
from tests.fakes.clock import FakeClock

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PAYLOAD = {"to": "jane@example.org", "text": "Your code is 123456", "tries": [1, None]}


def test_a_message_leaves_only_with_its_transaction(store: Store, clock: FakeClock) -> None:
    with pytest.raises(Conflict):
        put_and_raise(store)
    with store.write() as tx:
        assert tx.outbox.claim(clock.now(), MINUTE) == []


def put_and_raise(store: Store) -> None:
    with store.write() as tx:
        tx.outbox.put("mail", PAYLOAD, MINUTE)
        raise Conflict


def test_a_message_is_leased_and_comes_back(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        message = tx.outbox.put("mail", PAYLOAD, timedelta(hours=1))
        (first,) = tx.outbox.claim(clock.now(), MINUTE)
        assert (first.id, first.kind, first.payload, first.attempts) == (
            message,
            "mail",
            PAYLOAD,
            1,
        )
        assert tx.outbox.claim(clock.now(), MINUTE) == []
    clock.advance(MINUTE)
    with store.write() as tx:
        (second,) = tx.outbox.claim(clock.now(), MINUTE)
        assert (second.id, second.attempts) == (message, 2)
        tx.outbox.retry(message, clock.now())
        assert len(tx.outbox.claim(clock.now(), MINUTE)) == 1
        tx.outbox.done(message)
        tx.outbox.retry(message, clock.now())
        assert tx.outbox.claim(clock.now(), MINUTE) == []


def test_messages_come_in_order_and_expire(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.outbox.put("late", {}, SECOND)
    clock.advance(SECOND)
    for kind in ("first", "second"):
        with store.write() as tx:
            tx.outbox.put(kind, {}, MINUTE)
        clock.advance(SECOND)
    with store.write() as tx:
        assert [row.kind for row in tx.outbox.claim(clock.now(), MINUTE)] == ["first", "second"]


def test_a_value_is_spent_for_its_lifetime(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        assert tx.once.spend("jti", MINUTE)
        assert tx.once.spend("another", MINUTE)
        assert not tx.once.spend("jti", MINUTE)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.once.spend("jti", MINUTE)


def test_the_trail_is_read_backwards(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.audit.add("first")
        tx.audit.add(
            "second", account_id=jane.id, client_id="chatbot", source="::1", detail={"score": 0.5}
        )
    with store.read() as tx:
        latest, earlier = tx.audit.list(2)
        assert len(tx.audit.list(1)) == 1
    assert (earlier.event, earlier.account_id, earlier.detail) == ("first", None, {})
    assert (latest.account_id, latest.client_id) == (jane.id, "chatbot")
    assert (latest.source, latest.detail, latest.at) == ("::1", {"score": 0.5}, clock.now())


def test_a_ticket_is_typed_by_a_person(store: Store, jane: Account) -> None:
    with store.write() as tx:
        ticket = tx.tickets.issue(jane.id, MINUTE)
        assert tx.tickets.redeem("another") is None
        assert tx.tickets.redeem(f" {ticket.lower().replace('-', ' ')} ") == jane.id
        assert tx.tickets.redeem(ticket) is None


def test_a_ticket_expires(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        ticket = tx.tickets.issue(jane.id, MINUTE)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.tickets.redeem(ticket) is None


def station(store: Store, station_id: str) -> Station:
    with store.read() as tx:
        found = tx.stations.get(station_id)
    assert found is not None
    return found


def test_a_station_is_paired_seen_and_revoked(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        code = tx.stations.add("Front desk", MINUTE)
        (announced,) = tx.stations.page(after="", limit=2)
        assert not announced.active
        assert tx.stations.pair("another", {}) is None
        paired = tx.stations.pair(code.lower(), {"kty": "EC"})
        assert paired == announced.id
        assert tx.stations.pair(code, {"kty": "EC"}) is None
        tx.stations.seen(announced.id)
    found = station(store, announced.id)
    assert found.active
    assert (found.public_key, found.last_seen_at) == ({"kty": "EC"}, clock.now())
    with store.write() as tx:
        assert tx.stations.revoke(announced.id)
        assert not tx.stations.revoke("0" * 32)
        assert tx.stations.get("0" * 32) is None
    assert not station(store, announced.id).active


def test_a_pairing_expires_or_is_revoked(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        late = tx.stations.add("Late", MINUTE)
        revoked = tx.stations.add("Revoked", 2 * MINUTE)
        tx.stations.revoke(tx.stations.page(after="", limit=2)[1].id)
    with pytest.raises(Conflict), store.write() as tx:
        tx.stations.add("Late", MINUTE)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.stations.pair(late, {}) is None
        assert tx.stations.pair(revoked, {}) is None
        tx.retention.purge(clock.now())
        tx.stations.add("Late", MINUTE)


def test_an_enrolment_opens_and_closes(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        handle = tx.enrolments.open(jane.id, None, MINUTE)
        expiring = tx.enrolments.open(jane.id, None, MINUTE)
        found = tx.enrolments.find(handle)
        assert found is not None
        assert (found.account_id, found.station_id) == (jane.id, None)
        tx.enrolments.close(handle)
        assert tx.enrolments.find(handle) is None
    clock.advance(MINUTE)
    with store.read() as tx:
        assert tx.enrolments.find(expiring) is None


def fill(store: Store, assurance: Assurance, lifetime: timedelta) -> None:
    """Put one row with this lifetime into every short-lived table but that of signing keys."""
    name = str(lifetime)
    with store.write() as tx:
        account = assurance.subject
        grant = tx.grants.open(assurance, "chatbot", Access(scope="openid"), lifetime)
        tx.codes.put(Code(grant.id, "https://chat.example/", "challenge"), lifetime)
        tx.refresh_tokens.put(grant.id, lifetime)
        tx.ceremonies.put(Ceremony(None, "owner", "otp", Purpose.VERIFY, None, b"", 1, 1), lifetime)
        tx.logins.open("browser", Requirement("mfa"), "/", "/", lifetime)
        tx.sessions.open(account, (), lifetime)
        tx.interactions.put("browser", "chatbot", {}, lifetime)
        tx.pushed_requests.put("chatbot", {}, lifetime)
        tx.outbox.put("mail", {}, lifetime)
        tx.once.spend(name, lifetime)
        tx.tickets.issue(account, lifetime)
        tx.enrolments.open(account, None, lifetime)
        tx.limits.hit(name, 1, lifetime)
        tx.stations.add(name, lifetime)
        forgotten = lifetime - device_codes.REMEMBERED
        tx.device_codes.put("chatbot", {}, interval=5, lifetime=forgotten)
        tx.backchannel_requests.put(name, "chatbot", None, {}, interval=5, lifetime=forgotten)
        tx.signups.open(Signup(), "browser", lifetime)
        tx.recovery_walks.open(RecoveryWalk("", "jane", ""), "browser", lifetime)


UNFILLED = (
    *("initial_access_tokens", "known_browsers", "recoveries", "setups"),
    *("webhook_deliveries", "stream_events", "ended_statuses", "voice_notes", "voice_calls"),
)


def test_a_purge_deletes_what_has_had_its_time(
    store: Store, grant: Grant, assurance: Assurance, clock: FakeClock
) -> None:
    fill(store, assurance, MINUTE)
    fill(store, assurance, 2 * MINUTE)
    clock.advance(MINUTE)
    expected = {table.name: 1 for table in ENDS} | dict.fromkeys(
        (*UNFILLED, "clients", "credentials"), 0
    )
    with store.write() as tx:
        assert tx.retention.purge(clock.now()) == expected
        assert set(tx.retention.purge(clock.now()).values()) == {0}
        assert tx.grants.get(grant.id) == grant


def test_a_message_waits_until_it_is_claimed(store: Store, clock: FakeClock) -> None:
    def waiting() -> bool:
        with store.read() as tx:
            return tx.outbox.kinds(clock.now()) == ["mail"]

    assert not waiting()
    with store.write() as tx:
        tx.outbox.put("mail", {}, timedelta(minutes=2))
    assert waiting()
    with store.write() as tx:
        tx.outbox.claim(clock.now(), timedelta(minutes=1))
    assert not waiting()
    clock.advance(timedelta(minutes=1))
    assert waiting()
    clock.advance(timedelta(minutes=1))
    assert not waiting()
