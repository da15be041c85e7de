"""Back-Channel Logout 1.0: what a client is told, how, and for how long."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from contracts.errors import BadRequest, Unavailable
from gateway import oidc
from gateway.carriers import Logouts
from gateway.delivery import Deliveries
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.fetching.dial import anywhere
from gateway.oidc.fetching.target import Target
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.logout.token import EVENT, LogoutTokens
from gateway.senders.caller import Caller
from gateway.senders.logout import LogoutSender
from gateway.settings import Settings
from store import Store
from store.accounts import Account
from store.client_metadata import ClientMetadata
from store.clients import DYNAMIC, Client
from store.endings import LOGOUT
from store.grants import Access
from store.keys import SigningKey
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile, certificate
from tests.gateway.oidc.relying_party import ISSUER, Visitor
from tests.waiting import PATIENCE

SID = "s" * 32
OK = [b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Hostile]:
    with Hostile(None).running() as server:
        yield server


@dataclass
class Bench:
    """A client with a back channel at a server on this machine, and what sends to it."""

    store: Store
    clock: FakeClock
    sender: LogoutSender
    account: Account
    client: Client

    def send(self, client: Client | None = None) -> None:
        chosen = client or self.client
        with self.store.write() as tx:
            tx.clients.remove(chosen.id)
            tx.clients.add(chosen)
        self.sender.send(chosen.id, self.account.id, SID)

    def to(self, url: str, **more: Any) -> Client:
        return replace(self.client, metadata=ClientMetadata(backchannel_logout_uri=url), **more)


@pytest.fixture
def bench(
    store: Store,
    clock: FakeClock,
    account: Account,
    registered: Client,
    signing_keys: list[SigningKey],
    receiver: Hostile,
) -> Bench:
    with store.write() as tx:
        for key in signing_keys:
            tx.keys.add(key)
    tokens = LogoutTokens(ISSUER, KeyRing(store, clock), clock, Subjects(store.vault))
    url = receiver.play("/logout", OK)
    metadata = ClientMetadata(backchannel_logout_uri=url)
    client = replace(registered, metadata=metadata)
    receiver.seen.clear()
    return Bench(
        store, clock, LogoutSender(store, tokens, Caller(seconds=PATIENCE)), account, client
    )


def posted(receiver: Hostile) -> tuple[dict[str, str], str]:
    """Return the fields and the logout token of the one request."""
    [raw] = receiver.seen
    head, _, body = raw.decode().partition("\r\n\r\n")
    request, *lines = head.split("\r\n")
    assert request == "POST /logout HTTP/1.1"
    fields = dict(line.split(": ", 1) for line in lines)
    assert int(fields["Content-Length"]) == len(body)
    sent = parse_qs(body, strict_parsing=True)
    assert sent.keys() == {"logout_token"}
    return fields, sent["logout_token"][0]


def read(store: Store, token: str, alg: str = "ES256") -> jwt.Token:
    return jwt.decode(token, KeySet.import_key_set(oidc.jwks(store)), algorithms=[alg])


class TestToken:
    def test_says_what_section_2_4_asks_for_and_no_more(
        self, bench: Bench, receiver: Hostile
    ) -> None:
        bench.send()
        fields, token = posted(receiver)
        assert fields["Content-Type"] == "application/x-www-form-urlencoded"
        told, now = read(bench.store, token), int(bench.clock.now().timestamp())
        assert told.header["typ"] == "logout+jwt"
        assert told.claims.pop("jti")
        assert told.claims == {
            "iss": ISSUER,
            "sub": bench.account.id,
            "aud": "bot",
            "iat": now,
            "exp": now + 120,
            "sid": SID,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        assert EVENT in told.claims["events"]

    def test_has_an_id_of_its_own_and_is_made_when_it_is_sent(
        self, bench: Bench, receiver: Hostile
    ) -> None:
        bench.send()
        first = read(bench.store, posted(receiver)[1]).claims
        receiver.seen.clear()
        bench.clock.advance(timedelta(minutes=30))
        bench.send()
        second = read(bench.store, posted(receiver)[1]).claims
        assert first["jti"] != second["jti"]
        assert second["iat"] - first["iat"] == 1800

    def test_is_signed_as_the_client_s_id_tokens_are(self, bench: Bench, receiver: Hostile) -> None:
        bench.send(replace(bench.client, token_alg="RS256"))
        assert read(bench.store, posted(receiver)[1], "RS256").header["alg"] == "RS256"

    def test_speaks_of_a_pairwise_subject_by_that_name(
        self, bench: Bench, receiver: Hostile
    ) -> None:
        metadata = replace(bench.client.metadata, subject_type="pairwise")
        client = replace(bench.client, metadata=metadata)
        bench.send(client)
        told = read(bench.store, posted(receiver)[1]).claims
        assert told["sub"] == Subjects(bench.store.vault).of(client, bench.account.id)
        assert told["sub"] != bench.account.id

    def test_is_neither_an_access_token_nor_a_hint(self, bench: Bench, receiver: Hostile) -> None:
        from gateway.oidc.issued import rfc9068
        from gateway.oidc.issued.hint import id_token_hint

        bench.send()
        token, keys = posted(receiver)[1], KeyRing(bench.store, bench.clock)
        assert rfc9068.validated(token, issuer=ISSUER, keys=keys, clock=bench.clock) is None
        assert id_token_hint(token, issuer=ISSUER, keys=keys) is None


class TestAnswers:
    @pytest.mark.parametrize("status", [b"200 OK", b"204 No Content"])
    def test_that_mean_it_was_heard(self, bench: Bench, receiver: Hostile, status: bytes) -> None:
        url = receiver.play("/logout", [b"HTTP/1.1 " + status + b"\r\n\r\n"])
        bench.send(bench.to(url))

    def test_that_mean_never(self, bench: Bench, receiver: Hostile) -> None:
        url = receiver.answer("/logout", {"error": "invalid_request"}, status="400 Bad Request")
        with pytest.raises(BadRequest):
            bench.send(bench.to(url))

    @pytest.mark.parametrize(
        "status", [b"201 Created", b"302 Found", b"401 No", b"404 No", b"500 No", b"503 No"]
    )
    def test_that_mean_again(self, bench: Bench, receiver: Hostile, status: bytes) -> None:
        location = b"\r\nLocation: http://localhost:1/\r\n\r\n"
        url = receiver.play("/logout", [b"HTTP/1.1 " + status + location])
        with pytest.raises(Unavailable):
            bench.send(bench.to(url))

    @pytest.mark.parametrize(
        "pieces",
        [
            [],
            [b"no HTTP at all\r\n\r\n"],
            [b"HTTP/1.1 200 OK\r\n", *[b"X-Drip: 1\r\n"] * 2000],
            [b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000],
        ],
        ids=["nothing", "nonsense", "drop by drop", "endless"],
    )
    def test_that_are_none_cost_no_more_than_their_time(
        self, bench: Bench, receiver: Hostile, pieces: list[bytes]
    ) -> None:
        url = receiver.play("/logout", pieces, pause=0.02)
        hurried = LogoutSender(bench.store, bench.sender._tokens, Caller(seconds=0.5))
        started = time.perf_counter()
        with pytest.raises(Unavailable):
            replace(bench, sender=hurried).send(bench.to(url))
        assert time.perf_counter() - started < 30, "drop by drop it would be forty"


class TestAddresses:
    def test_nobody_listens(self, bench: Bench) -> None:
        with pytest.raises(Unavailable):
            bench.send(bench.to("http://localhost:1025/logout"))

    @pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
    def test_of_who_registered_themselves_are_public(self, bench: Bench, host: str) -> None:
        caller = Caller(resolve=lambda _host, _port: [host], seconds=0.5)
        client = bench.to("https://bot.example/logout", source=DYNAMIC)
        with pytest.raises(BadRequest):
            caller.post(client, "https://bot.example/logout", b"", {})

    def test_of_who_registered_themselves_are_https(self, bench: Bench, receiver: Hostile) -> None:
        with pytest.raises(BadRequest):
            bench.send(bench.to(f"{receiver.origin}/logout", source=DYNAMIC))
        assert receiver.seen == []

    @pytest.mark.parametrize(
        ("url", "found", "permitted"),
        [
            ("https://bot.internal/logout", ["10.0.0.7"], True),
            ("http://bot.internal:8080/logout", ["10.0.0.7"], False),
            ("http://localhost:8080/logout", ["127.0.0.1", "::1"], True),
            ("http://localhost:8080/logout", ["127.0.0.1", "10.0.0.7"], False),
        ],
    )
    def test_that_an_operator_named_may_be_private_but_not_in_clear(
        self, url: str, found: list[str], permitted: bool
    ) -> None:
        assert anywhere(Target.parse(url), found) is permitted

    def test_a_certificate_of_another_name_is_not_spoken_to(
        self, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proof = certificate(tmp_path, "somebody.example")
        monkeypatch.setenv("SSL_CERT_FILE", str(proof))
        with Hostile(proof).running() as other:
            with pytest.raises(Unavailable):
                bench.send(bench.to(other.play("/logout", OK)))
            assert other.seen == []


def test_a_client_that_is_gone_is_not_told(bench: Bench, receiver: Hostile) -> None:
    bench.sender.send("nobody", bench.account.id, SID)
    bench.send(bench.to(""))
    assert receiver.seen == []


@pytest.fixture
def deliveries(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[[], int]]:
    settings = Settings(env="test", data=tmp_path, issuer=ISSUER)
    made = Deliveries(
        bench.store, bench.clock, {LOGOUT: Logouts(bench.store, settings, bench.clock)}
    )
    yield made.drain
    made.close()


def end(bench: Bench, visitor: Visitor) -> str:
    """Let the client in to a session and end it; return its `sid`."""
    with bench.store.write() as tx:
        tx.clients.remove(bench.client.id)
        tx.clients.add(bench.client)
        assert visitor.assurance
        session = tx.sessions.open(bench.account.id, (), timedelta(hours=1))[1]
        held = replace(visitor.assurance, sid=session.sid)
        tx.grants.open(held, "bot", Access(scope="openid"), timedelta(hours=1))
        tx.endings.session(session.sid, bench.account.id)
    return session.sid


def test_from_the_end_of_a_session_to_the_client(
    bench: Bench, visitor: Visitor, receiver: Hostile, deliveries: Callable[[], int]
) -> None:
    sid = end(bench, visitor)
    assert deliveries() == 1
    assert read(bench.store, posted(receiver)[1]).claims["sid"] == sid
    assert deliveries() == 0


def test_a_client_that_is_down_is_told_later_and_then_no_more(
    bench: Bench, visitor: Visitor, receiver: Hostile, deliveries: Callable[[], int]
) -> None:
    receiver.play("/logout", [b"HTTP/1.1 503 Later\r\n\r\n"])
    end(bench, visitor)
    tries = 0
    for _ in range(1000):
        tries += deliveries()
        bench.clock.advance(timedelta(seconds=10))
    assert 12 < tries < 25
    assert len(receiver.seen) == tries


def test_a_client_that_refuses_is_given_up(
    bench: Bench, visitor: Visitor, receiver: Hostile, deliveries: Callable[[], int]
) -> None:
    receiver.answer("/logout", {"error": "invalid_request"}, status="400 Bad Request")
    end(bench, visitor)
    assert deliveries() == 1
    bench.clock.advance(timedelta(minutes=10))
    assert deliveries() == 0


def test_what_waits_in_the_database_holds_no_token(bench: Bench, visitor: Visitor) -> None:
    end(bench, visitor)
    with bench.store.write() as tx:
        [row] = tx.outbox.claim(bench.clock.now(), timedelta(minutes=1), LOGOUT)
    assert row.payload.keys() == {"client_id", "account_id", "sid"}
    assert json.dumps(row.payload)
