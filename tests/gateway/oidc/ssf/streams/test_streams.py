"""Streams of events: made, changed, verified, removed (Shared Signals 1.0)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from gateway.oidc.ssf.configuration import VERIFICATION_SECONDS
from gateway.oidc.ssf.events import CREDENTIAL_CHANGE, SESSION_REVOKED, SUPPORTED, VERIFICATION
from store import Store
from store.events import Event
from store.streams import POLL, PUSH
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty
from tests.gateway.oidc.ssf.conftest import Life, Receiver

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "streams.json").read_text())
PUSHED = {"method": PUSH, "endpoint_url": "https://bot.example/events"}
CHANGE = {"factor": "totp", "credential_type": "app", "change": "delete"}
NONSENSE = pytest.mark.parametrize(
    "sent",
    [case["sent"] for case in VECTORS["refused"]],
    ids=[c["why"] for c in VECTORS["refused"]],
)


def test_the_configuration_of_the_transmitter(rp: RelyingParty) -> None:
    answer = rp.browser.get("/.well-known/ssf-configuration")
    assert "max-age" in answer.headers["Cache-Control"]
    assert answer.get_json() == {
        "spec_version": "1_0",
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": f"{ISSUER}/ssf/stream",
        "status_endpoint": f"{ISSUER}/ssf/status",
        "add_subject_endpoint": f"{ISSUER}/ssf/subjects:add",
        "remove_subject_endpoint": f"{ISSUER}/ssf/subjects:remove",
        "verification_endpoint": f"{ISSUER}/ssf/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }


class TestManaging:
    def test_a_stream_is_made_read_changed_replaced_and_removed(self, receiver: Receiver) -> None:
        made = receiver.create(description="of Hears")
        stream_id = made["stream_id"]
        assert made == {
            "stream_id": stream_id,
            "iss": ISSUER,
            "aud": "hears",
            "events_supported": list(SUPPORTED),
            "events_requested": list(SUPPORTED),
            "events_delivered": list(SUPPORTED),
            "delivery": {"method": POLL, "endpoint_url": f"{ISSUER}/ssf/poll/{stream_id}"},
            "min_verification_interval": VERIFICATION_SECONDS,
            "description": "of Hears",
        }
        assert receiver.call("GET", f"stream?stream_id={stream_id}").get_json() == made
        assert receiver.call("GET", "stream").get_json() == [made]
        sent: dict[str, Any] = {"stream_id": stream_id, "events_requested": [SESSION_REVOKED]}
        changed = receiver.call("PATCH", "stream", sent).get_json()
        assert changed["events_delivered"] == [SESSION_REVOKED]
        assert changed["description"] == "of Hears"
        replaced = receiver.call("PUT", "stream", {"stream_id": stream_id, "delivery": PUSHED})
        assert replaced.get_json()["delivery"] == PUSHED
        assert replaced.get_json()["events_delivered"] == []
        assert "description" not in replaced.get_json()
        gone = receiver.call("DELETE", f"stream?stream_id={stream_id}")
        assert (gone.status_code, gone.data) == (204, b"")
        assert receiver.call("GET", f"stream?stream_id={stream_id}").status_code == 404
        assert receiver.call("GET", "stream").get_json() == []

    def test_a_client_has_one_stream(self, receiver: Receiver) -> None:
        receiver.create()
        assert receiver.call("POST", "stream", {}).status_code == 409

    def test_of_many_at_once_one_is_made(self, receiver: Receiver) -> None:
        bearer, answers = receiver.bearer, []

        def make() -> None:
            client = receiver.http.application.test_client()
            answers.append(client.post("/ssf/stream", json={}, headers=bearer).status_code)

        race(make, 8)
        assert sorted(answers) == [201, *[409] * 7]

    @NONSENSE
    def test_what_is_malformed_is_refused_whole(self, receiver: Receiver, sent: Any) -> None:
        body, headers = json.dumps(sent), {**receiver.bearer, "Content-Type": "application/json"}
        answer = receiver.http.post("/ssf/stream", data=body, headers=headers)
        assert answer.status_code == 400, answer.text
        assert answer.get_json()["err"] == "invalid_request"
        assert answer.get_json()["description"]
        assert receiver.call("GET", "stream").get_json() == []

    @NONSENSE
    def test_a_malformed_change_changes_nothing(self, receiver: Receiver, sent: Any) -> None:
        before = receiver.create()
        changes = {**sent, "stream_id": before["stream_id"]} if isinstance(sent, dict) else sent
        body, headers = json.dumps(changes), {**receiver.bearer, "Content-Type": "application/json"}
        for method in ("PATCH", "PUT"):
            answer = receiver.http.open("/ssf/stream", method=method, data=body, headers=headers)
            assert answer.status_code == 400, method
        assert receiver.call("GET", "stream").get_json() == [before]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("iss", "https://evil.example"),
            ("aud", "another"),
            ("events_supported", []),
            ("events_delivered", [CREDENTIAL_CHANGE]),
            ("min_verification_interval", 0),
        ],
    )
    def test_what_is_ours_to_say_stays(self, receiver: Receiver, name: str, value: Any) -> None:
        made = receiver.create()
        sent = {"stream_id": made["stream_id"], name: value}
        assert receiver.call("PATCH", "stream", sent).status_code == 400
        assert receiver.call("PATCH", "stream", {**made}).status_code == 200

    def test_twice_the_same_member_is_refused(self, receiver: Receiver) -> None:
        body, headers = b'{"description": "a", "description": "b"}', receiver.bearer
        assert receiver.http.post("/ssf/stream", data=body, headers=headers).status_code == 400

    def test_more_than_is_read_is_refused(self, receiver: Receiver) -> None:
        body = b'{"description": "' + b"x" * 70_000 + b'"}'
        answer = receiver.http.post("/ssf/stream", data=body, headers=receiver.bearer)
        assert answer.status_code == 413

    def test_the_trail_names_the_client(self, receiver: Receiver, store: Store) -> None:
        made = receiver.create()
        receiver.call("DELETE", f"stream?stream_id={made['stream_id']}")
        with store.read() as tx:
            events = [(record.event, record.client_id) for record in tx.audit.list(2)]
        assert events == [("stream.removed", "hears"), ("stream.created", "hears")]


class TestStatus:
    def test_is_shown_and_set(self, receiver: Receiver) -> None:
        stream_id = receiver.create()["stream_id"]
        shown = receiver.call("GET", f"status?stream_id={stream_id}").get_json()
        assert shown == {"stream_id": stream_id, "status": "enabled"}
        sent = {"stream_id": stream_id, "status": "paused", "reason": "at night"}
        assert receiver.call("POST", "status", sent).get_json() == sent
        assert receiver.call("GET", f"status?stream_id={stream_id}").get_json() == sent

    @pytest.mark.parametrize("status", ["on", "", None, 1, ["enabled"]])
    def test_is_one_of_three(self, receiver: Receiver, status: Any) -> None:
        sent = {"stream_id": receiver.create()["stream_id"], "status": status}
        assert receiver.call("POST", "status", sent).status_code == 400

    def test_what_happens_while_it_is_paused_is_told_later(
        self, receiver: Receiver, life: Life
    ) -> None:
        stream = receiver.create()
        life.let_in("hears")
        for status, waiting in (("paused", 0), ("enabled", 1)):
            sent = {"stream_id": stream["stream_id"], "status": status}
            receiver.call("POST", "status", sent)
            if status == "paused":
                life.happens(Event.FACTOR_REMOVED, **CHANGE)
            assert len(receiver.poll(stream)["sets"]) == waiting

    def test_what_happens_while_it_is_disabled_is_never_told(
        self, receiver: Receiver, life: Life
    ) -> None:
        stream = receiver.create()
        life.let_in("hears")
        life.happens(Event.FACTOR_REMOVED, **CHANGE)
        for status in ("disabled", "enabled"):
            sent = {"stream_id": stream["stream_id"], "status": status}
            receiver.call("POST", "status", sent)
            if status == "disabled":
                life.happens(Event.FACTOR_REMOVED, **CHANGE)
            assert receiver.poll(stream)["sets"] == {}


class TestVerification:
    def test_comes_back_with_the_state(self, receiver: Receiver, life: Life) -> None:
        stream = receiver.create(events_requested=[])
        sent = {"stream_id": stream["stream_id"], "state": "a state"}
        answer = receiver.call("POST", "verify", sent)
        assert (answer.status_code, answer.data) == (204, b"")
        [token] = receiver.poll(stream)["sets"].values()
        told = life.read(token).claims
        assert told["sub_id"] == {"format": "opaque", "id": stream["stream_id"]}
        assert told["events"] == {VERIFICATION: {"state": "a state"}}

    def test_not_more_often_than_is_said(self, receiver: Receiver, clock: FakeClock) -> None:
        sent = {"stream_id": receiver.create()["stream_id"]}
        assert receiver.call("POST", "verify", sent).status_code == 204
        refused = receiver.call("POST", "verify", sent)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= VERIFICATION_SECONDS
        clock.advance(timedelta(seconds=VERIFICATION_SECONDS))
        assert receiver.call("POST", "verify", sent).status_code == 204

    @pytest.mark.parametrize("state", [1, ["x"], "x" * 2000])
    def test_of_a_state_that_is_a_text(self, receiver: Receiver, state: Any) -> None:
        sent = {"stream_id": receiver.create()["stream_id"], "state": state}
        assert receiver.call("POST", "verify", sent).status_code == 400


@pytest.mark.parametrize(
    "subject",
    [case["sent"] for case in VECTORS["subjects"]],
    ids=[case["why"] for case in VECTORS["subjects"]],
)
def test_subjects_that_are_none(receiver: Receiver, subject: Any) -> None:
    sent = {"stream_id": receiver.create()["stream_id"], "subject": subject}
    for path in ("subjects:add", "subjects:remove"):
        assert receiver.call("POST", path, sent).status_code == 400


def test_a_client_that_is_gone_takes_its_stream_along(
    receiver: Receiver, life: Life, store: Store, app: Flask
) -> None:
    receiver.create()
    life.let_in("hears")
    life.happens(Event.FACTOR_REMOVED, **CHANGE)
    with store.write() as tx:
        tx.clients.remove("hears")
    with store.database.read() as connection:
        for table in ("streams", "stream_events"):
            assert connection.exec_driver_sql(f"SELECT * FROM {table}").all() == []
