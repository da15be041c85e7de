"""Who may manage a stream, and by which tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from store import Store
from store.resources import Resource
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import ISSUER
from tests.gateway.oidc.ssf.conftest import Life, Receiver, Receiving

CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "stream?stream_id={}", None),
    ("PATCH", "stream", {}),
    ("PUT", "stream", {}),
    ("DELETE", "stream?stream_id={}", None),
    ("GET", "status?stream_id={}", None),
    ("POST", "status", {"status": "paused"}),
    ("POST", "subjects:add", {"subject": {"format": "iss_sub", "iss": ISSUER, "sub": "x"}}),
    ("POST", "subjects:remove", {"subject": {"format": "iss_sub", "iss": ISSUER, "sub": "x"}}),
    ("POST", "verify", {}),
    ("POST", "poll/{}", {"returnImmediately": True}),
]


@pytest.mark.parametrize(("method", "path", "sent"), CALLS, ids=[f"{c[0]} {c[1]}" for c in CALLS])
class TestWhoMay:
    def test_another_client_finds_nothing(
        self,
        receiving: Receiving,
        receiver: Receiver,
        method: str,
        path: str,
        sent: dict[str, Any] | None,
    ) -> None:
        mine, other = receiver.create(), receiving("other")
        other.create()
        for stream_id in (mine["stream_id"], "f" * 32):
            body = None if sent is None else {**sent, "stream_id": stream_id}
            assert other.call(method, path.format(stream_id), body).status_code == 404
        assert receiver.call("GET", "stream").get_json() == [mine]

    def test_no_token_and_no_token_of_ours(
        self, receiver: Receiver, method: str, path: str, sent: dict[str, Any] | None
    ) -> None:
        where = f"/ssf/{path.format('f' * 32)}"
        none = receiver.http.open(where, method=method, json=sent)
        assert none.status_code == 401
        assert none.headers["WWW-Authenticate"].startswith("Bearer")
        forged = {"Authorization": "Bearer x.y.z"}
        assert (
            receiver.http.open(where, method=method, json=sent, headers=forged).status_code == 401
        )

    def test_a_token_without_the_scope(
        self, receiver: Receiver, method: str, path: str, sent: dict[str, Any] | None
    ) -> None:
        made = receiver.create()
        poor = replace(receiver, scope="transfer")
        body = None if sent is None else {**sent, "stream_id": made["stream_id"]}
        answer = poor.call(method, path.format(made["stream_id"]), body)
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]

    def test_whoever_may_read_changes_nothing(
        self, receiver: Receiver, method: str, path: str, sent: dict[str, Any] | None
    ) -> None:
        made = receiver.create()
        reads = replace(receiver, scope="ssf.read")
        body = None if sent is None else {**sent, "stream_id": made["stream_id"]}
        answer = reads.call(method, path.format(made["stream_id"]), body)
        reading = method == "GET" or path.startswith("poll")
        assert answer.status_code == (200 if reading else 403)


class TestTokens:
    def test_in_the_query_are_not_read(self, receiver: Receiver) -> None:
        token = receiver.bearer["Authorization"].removeprefix("Bearer ")
        assert receiver.http.get(f"/ssf/stream?access_token={token}").status_code == 401

    def test_of_a_person_manage_no_streams(
        self, receiver: Receiver, store: Store, life: Life
    ) -> None:
        tokens = receiver.rp.tokens(scope="openid ssf.manage")
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = receiver.http.get("/ssf/stream", headers=bearer)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]

    @pytest.mark.parametrize(
        ("uri", "status"), [(f"{ISSUER}/ssf", 200), ("https://elsewhere.example/", 401)]
    )
    def test_serve_where_they_are_meant_for(
        self, receiving: Receiving, store: Store, clock: FakeClock, uri: str, status: int
    ) -> None:
        receiver = receiving("meant", resources=(uri,), grant_types=("client_credentials",))
        with store.write() as tx:
            tx.resources.add(Resource(uri, uri, "ssf.manage", open=False, created_at=clock.now()))
        sent = {"grant_type": "client_credentials", "scope": "ssf.manage", "resource": uri}
        answer = receiver.rp.token(**sent)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
        assert receiver.http.get("/ssf/stream", headers=bearer).status_code == status

    def test_that_are_revoked_do_not(self, receiver: Receiver) -> None:
        bearer = receiver.bearer
        token = bearer["Authorization"].removeprefix("Bearer ")
        receiver.http.post("/oauth/revoke", data={"token": token}, headers=receiver.rp.basic())
        assert receiver.http.get("/ssf/stream", headers=bearer).status_code == 401

    def test_that_are_bound_come_with_their_proof(self, receiver: Receiver, prover: Prover) -> None:
        sent = {"grant_type": "client_credentials", "scope": "ssf.manage"}
        token = prover.token(receiver.rp, **sent).get_json()["access_token"]
        bare = {"Authorization": f"Bearer {token}"}
        assert receiver.http.get("/ssf/stream", headers=bare).status_code == 401
