"""Who is told what of whom: CAEP 1.0 within security event tokens (RFC 8417)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.oidc.clients.subject import Subjects
from gateway.oidc.ssf.events import (
    ASSURANCE_LEVEL_CHANGE,
    CREDENTIAL_CHANGE,
    SESSION_REVOKED,
    SUPPORTED,
)
from gateway.oidc.ssf.rfc8417 import SecurityEventTokens
from store import Store
from store.events import Event
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER
from tests.gateway.oidc.ssf.conftest import Life, Receiver, Receiving

SID = "s" * 32
CHANGE = {"factor": "totp", "credential_type": "app", "change": "delete"}


def polled(receiver: Receiver, life: Life, stream: dict[str, Any]) -> list[dict[str, Any]]:
    """What a receiver is told, in its order; it takes all."""
    found = receiver.poll(stream)["sets"]
    receiver.poll(stream, maxEvents=0, ack=list(found))
    return [life.read(token).claims for token in found.values()]


def test_a_session_that_ended(receiver: Receiver, life: Life, clock: FakeClock) -> None:
    stream, before = receiver.create(), int(clock.now().timestamp())
    life.let_in("hears")
    life.happens(Event.SESSION_ENDED, clients=["hears"], session=SID)
    [token] = receiver.poll(stream)["sets"].values()
    told = life.read(token)
    assert told.header["typ"] == "secevent+jwt"
    assert {"sub", "exp", "nonce"}.isdisjoint(told.claims)
    assert told.claims.pop("jti")
    assert told.claims.pop("txn")
    assert told.claims == {
        "iss": ISSUER,
        "aud": "hears",
        "iat": before,
        "sub_id": {
            "format": "complex",
            "user": {"format": "iss_sub", "iss": ISSUER, "sub": life.account.id},
            "session": {"format": "opaque", "id": SID},
        },
        "events": {
            SESSION_REVOKED: {
                "event_timestamp": before,
                "initiating_entity": "user",
                "reason_admin": {"en": "The session was ended."},
            }
        },
    }


def test_a_way_to_log_in_that_changed(receiver: Receiver, life: Life) -> None:
    stream = receiver.create()
    life.let_in("hears")
    for event, how in (
        (Event.FACTOR_ENROLLED, "create"),
        (Event.FACTOR_CHANGED, "revoke"),
        (Event.FACTOR_REMOVED, "delete"),
    ):
        life.happens(event, **{**CHANGE, "change": how})
    told = polled(receiver, life, stream)
    said = [each["events"][CREDENTIAL_CHANGE] for each in told]
    assert [each["change_type"] for each in said] == ["create", "revoke", "delete"]
    assert {each["credential_type"] for each in said} == {"app"}
    assert all(each["reason_admin"]["en"] for each in said)
    assert told[0]["sub_id"] == {"format": "iss_sub", "iss": ISSUER, "sub": life.account.id}


def test_a_level_that_rose(receiver: Receiver, life: Life) -> None:
    stream = receiver.create()
    life.let_in("hears")
    level = {"previous": "aal1", "current": "aal2", "direction": "increase"}
    life.happens(Event.ASSURANCE_CHANGED, clients=["hears"], session=SID, by="user", **level)
    [told] = polled(receiver, life, stream)
    said = told["events"][ASSURANCE_LEVEL_CHANGE]
    assert (said["previous_level"], said["current_level"]) == ("aal1", "aal2")
    assert (said["namespace"], said["change_direction"]) == ("acr", "increase")


def test_what_a_person_took_back(receiving: Receiving, receiver: Receiver, life: Life) -> None:
    """The application that it was taken from hears that all it holds is over, and no other."""
    other = receiving("other")
    mine, theirs = receiver.create(), other.create()
    for name in ("hears", "other"):
        life.let_in(name)
    life.happens(Event.CONSENT_WITHDRAWN, clients=["hears"], client="hears")
    [told] = polled(receiver, life, mine)
    assert told["sub_id"] == {"format": "iss_sub", "iss": ISSUER, "sub": life.account.id}
    assert "took back" in told["events"][SESSION_REVOKED]["reason_admin"]["en"]
    assert polled(other, life, theirs) == []


def test_only_what_was_asked_for_and_only_what_the_standard_has(
    receiver: Receiver, life: Life
) -> None:
    stream = receiver.create(events_requested=[SESSION_REVOKED, "urn:example:unknown"])
    assert stream["events_requested"] == [SESSION_REVOKED, "urn:example:unknown"]
    assert stream["events_delivered"] == [SESSION_REVOKED]
    life.let_in("hears")
    life.happens(Event.FACTOR_REMOVED, **CHANGE)
    life.happens(Event.SUSPICIOUS, signals="new_device")
    life.happens(Event.CONSENT_WITHDRAWN)
    assert polled(receiver, life, stream) == []


def test_who_asks_for_nothing_is_told_nothing(receiver: Receiver, life: Life) -> None:
    stream = receiver.create(events_requested=[])
    life.let_in("hears")
    life.happens(Event.FACTOR_REMOVED, **CHANGE)
    assert stream["events_delivered"] == []
    assert polled(receiver, life, stream) == []


class TestOtherClients:
    def test_hear_of_nobody_who_granted_them_nothing(
        self, receiving: Receiving, receiver: Receiver, life: Life, store: Store
    ) -> None:
        stranger = receiving("stranger")
        mine, theirs = receiver.create(), stranger.create()
        life.let_in("hears")
        life.happens(Event.FACTOR_REMOVED, **CHANGE)
        assert len(polled(receiver, life, mine)) == 1
        assert polled(stranger, life, theirs) == []

    def test_a_consent_alone_is_enough(self, receiver: Receiver, life: Life, store: Store) -> None:
        stream = receiver.create()
        with store.write() as tx:
            tx.consents.give(life.account.id, "hears", ["openid"])
        life.happens(Event.FACTOR_REMOVED, **CHANGE)
        assert len(polled(receiver, life, stream)) == 1

    def test_hear_of_no_session_that_did_not_let_them_in(
        self, receiving: Receiving, receiver: Receiver, life: Life
    ) -> None:
        other = receiving("other")
        mine, theirs = receiver.create(), other.create()
        life.let_in("hears")
        life.let_in("other", "t" * 32)
        life.happens(Event.SESSION_ENDED, clients=["hears"], session=SID)
        assert len(polled(receiver, life, mine)) == 1
        assert polled(other, life, theirs) == []

    def test_of_two_sectors_cannot_compare_people(
        self, receiving: Receiving, life: Life, store: Store
    ) -> None:
        one = receiving("one", subject_type="pairwise", sector_identifier_uri="https://one.test/s")
        two = receiving("two", subject_type="pairwise", sector_identifier_uri="https://two.test/s")
        streams = {"one": one.create(), "two": two.create()}
        for name in streams:
            life.let_in(name)
        life.happens(Event.SESSION_ENDED, clients=["one", "two"], session=SID)
        [first], [second] = (
            polled(each, life, streams[name]) for name, each in (("one", one), ("two", two))
        )
        with store.read() as tx:
            client = tx.clients.get("one")
        assert client
        sub = Subjects(store.vault).of(client, life.account.id)
        assert first["sub_id"]["user"]["sub"] == sub
        assert first["sub_id"]["session"]["id"] == Subjects(store.vault).session(client, SID)
        both = str(first), str(second)
        assert not any(known in each for each in both for known in (life.account.id, SID))
        for path in ("user", "session"):
            assert first["sub_id"][path] != second["sub_id"][path]
        assert first["txn"] != second["txn"]
        assert first["jti"] != second["jti"]


class TestSubjects:
    def test_that_were_removed_are_not_told_of_until_they_are_added(
        self, receiver: Receiver, life: Life
    ) -> None:
        stream = receiver.create()
        life.let_in("hears")
        subject = {"format": "iss_sub", "iss": ISSUER, "sub": life.account.id}
        sent = {"stream_id": stream["stream_id"], "subject": subject}
        assert receiver.call("POST", "subjects:remove", sent).status_code == 204
        life.happens(Event.FACTOR_REMOVED, **CHANGE)
        assert polled(receiver, life, stream) == []
        added = receiver.call("POST", "subjects:add", {**sent, "verified": True})
        assert (added.status_code, added.data) == (200, b"")
        life.happens(Event.FACTOR_REMOVED, **CHANGE)
        assert len(polled(receiver, life, stream)) == 1

    def test_nobody_learns_whom_we_know(self, receiver: Receiver, life: Life) -> None:
        stream = receiver.create()
        for sub in (life.account.id, "nobody at all"):
            subject = {"format": "iss_sub", "iss": ISSUER, "sub": sub}
            sent = {"stream_id": stream["stream_id"], "subject": subject}
            assert receiver.call("POST", "subjects:add", sent).status_code == 200
            assert receiver.call("POST", "subjects:remove", sent).status_code == 204

    def test_what_is_kept_of_them_names_nobody(
        self, receiver: Receiver, life: Life, store: Store
    ) -> None:
        stream = receiver.create()
        subject = {"format": "iss_sub", "iss": ISSUER, "sub": life.account.id}
        sent = {"stream_id": stream["stream_id"], "subject": subject}
        receiver.call("POST", "subjects:remove", sent)
        with store.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM stream_subjects").all()
        assert len(rows) == 1
        assert life.account.id not in str(rows)


def test_an_event_is_put_into_a_stream_once_whoever_dies(
    receiver: Receiver, life: Life, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event is gone from the queue in the transaction that fans it out."""
    from store.outbox import Outbox

    stream = receiver.create()
    life.let_in("hears")
    with store.write() as tx:
        tx.events.happened(Event.FACTOR_REMOVED, life.account.id, **CHANGE)

    def dies(self: Outbox, message_id: str) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "done", dies)
        with pytest.raises(SystemExit):
            life.fan_out()
    clock.advance(timedelta(minutes=5))
    life.fan_out()
    assert len(polled(receiver, life, stream)) == 1


def test_what_waits_in_the_database_names_nobody(
    receiver: Receiver, life: Life, store: Store
) -> None:
    receiver.create()
    life.let_in("hears")
    life.happens(Event.FACTOR_REMOVED, **CHANGE)
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM stream_events").all()
    assert len(rows) == 1
    assert life.account.id not in repr(rows)


def test_without_rsa_keys_a_set_is_signed_as_id_tokens_are(
    receiver: Receiver, life: Life, store: Store, clock: FakeClock
) -> None:
    from joserfc import jws

    from gateway.oidc.keys.ring import KeyRing

    receiver.create()
    life.let_in("hears")
    life.happens(Event.FACTOR_REMOVED, **CHANGE)
    with store.read() as tx:
        stream, client = tx.streams.of("hears"), tx.clients.get("hears")
        assert stream
        assert client
        [waiting] = tx.stream_events.waiting(stream, 10)
    signed = SecurityEventTokens(ISSUER, KeyRing(store, clock), ("ES256",)).sign(client, waiting)
    assert jws.extract_compact(signed.encode()).headers()["alg"] == "ES256"


def test_the_types_are_those_of_the_standard() -> None:
    base = "https://schemas.openid.net/secevent/caep/event-type/"
    names = {uri.removeprefix(base) for uri in SUPPORTED}
    assert names == {"session-revoked", "credential-change", "assurance-level-change"}
