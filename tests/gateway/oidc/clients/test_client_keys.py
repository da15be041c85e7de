"""The public keys of clients: which sets count, and how those of a `jwks_uri` are asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.oidc.clients.jwks import AGAIN, ClientKeys, UnusableKeys, signs, usable
from gateway.oidc.fetching.fetch import PER_HOST, Fetched, Fetcher, Refused, Unreachable
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import DYNAMIC, Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import RelyingParty
from tests.gateway.oidc.signing_party import (
    OWN,
    SigningParty,
    add,
    base64url,
    metadata,
    public,
    rsa,
)
from tests.waiting import PATIENCE

HOUR = timedelta(hours=1)
URI = "https://keys.example/jwks.json"
EC = OWN["ES256"].as_dict(private=False)


@pytest.mark.parametrize("key", OWN.values(), ids=OWN)
def test_public_keys_count(key: Any) -> None:
    [found] = usable(public(key))
    assert not found.is_private
    assert found.kid == key.kid


@pytest.mark.parametrize(
    "key",
    [
        ECKey.generate_key("P-256").as_dict(private=True),
        RSAKey.generate_key(2048).as_dict(private=True),
        OKPKey.generate_key("Ed25519").as_dict(private=True),
        OctKey.generate_key(256).as_dict(private=True),
        {"kty": "oct"},
        {**EC, "d": ""},
        {**EC, "k": "AQAB"},
        {**EC, "y": EC["x"]},
        {**EC, "x": "!"},
        {**EC, "x": 7},
        {**EC, "x": None},
        {**EC, "kid": 7},
        {**EC, "alg": ["ES256"]},
        {**EC, "use": {}},
        {**EC, "key_ops": "verify"},
        {**EC, "key_ops": [{}]},
        {**EC, "key_ops": ["fly"]},
        {**EC, "key_ops": ["encrypt"]},
        {"kty": "EC", "crv": "P-256", "x": EC["x"]},
        {"kty": "RSA", "n": base64url(bytes([255]) * 128), "e": "AQAB"},
        {"kty": "RSA", "n": base64url(bytes([255]) * 1024), "e": "AQAB"},
        {"kty": "RSA", "n": base64url(bytes([255]) * 256), "e": base64url(bytes([255]) * 256)},
        {"kty": "RSA", "n": base64url(bytes([255]) * 256), "e": "AQ"},
        {"kty": "RSA", "n": 1, "e": "AQAB"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        "a key",
        None,
        [],
    ],
)
def test_a_set_with_such_a_key_counts_for_nothing(key: Any) -> None:
    with pytest.raises(UnusableKeys):
        usable({"keys": [*public(OWN["EdDSA"])["keys"], key]})


@pytest.mark.parametrize("value", [None, [], {}, "x", 1, {"keys": {}}, {"keys": [EC] * 21}])
def test_no_set_at_all(value: Any) -> None:
    with pytest.raises(UnusableKeys):
        usable(value)


@pytest.mark.parametrize(
    "key",
    [
        *({"kty": "PQC", "x": "y"}, {"kty": []}, {"kty": "EC"}, {"kty": "OKP", "crv": {}}),
        *({**EC, "crv": "secp256k1"}, {**EC, "crv": []}, {**EC, "crv": "Ed25519"}),
        *({**EC, "kty": "OKP"}, {**EC, "kty": "RSA"}),
    ],
)
def test_kinds_that_are_not_known_are_left_out(key: dict[str, Any]) -> None:
    assert [found.kid for found in usable({"keys": [key, EC]})] == ["es"]


@pytest.mark.parametrize(
    ("operations", "good"),
    [(["verify"], True), (["sign", "verify"], True), (["sign"], False), ([], False)],
)
def test_what_a_key_may_be_used_for(operations: list[str], good: bool) -> None:
    [key] = usable({"keys": [{**EC, "key_ops": operations}]})
    assert signs(key) is good


def test_nothing_but_the_key_is_kept() -> None:
    [found] = usable({"keys": [{**EC, "x5u": "https://evil.example", "x5c": ["AA"], "oops": 1}]})
    assert set(found.as_dict()) == {"kty", "crv", "x", "y", "kid", "use"}


def test_strong_keys_of_any_usual_size() -> None:
    assert len(usable({"keys": [rsa(2048), rsa(4096), rsa(2048, 3)]})) == 3


class Answering:
    """A fetcher that answers from a list, and counts."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked, self.fresh_for = list(answers), 0, HOUR

    def get(self, url: str, most: int) -> Fetched:
        assert url == URI
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Fetched(answer, self.fresh_for)


@pytest.fixture
def published(registered: Client) -> Client:
    return replace(registered, metadata=ClientMetadata(jwks_uri=URI))


def kids(keys: ClientKeys, client: Client, kid: str = "") -> list[str | None]:
    return [key.kid for key in keys.of(client, kid)]


class TestJwksUri:
    """Asked for once in a while, and again for a key that is not known yet."""

    def test_it_is_asked_for_once(self, published: Client, clock: FakeClock) -> None:
        fetcher = Answering(public(OWN["ES256"]))
        keys = ClientKeys(fetcher, clock)
        for _ in range(3):
            assert kids(keys, published, "es") == ["es"]
            clock.advance(AGAIN)
        assert fetcher.asked == 1

    def test_again_when_it_is_stale(self, published: Client, clock: FakeClock) -> None:
        fetcher = Answering(public(OWN["ES256"]), public(OWN["EdDSA"]))
        keys = ClientKeys(fetcher, clock)
        assert kids(keys, published) == ["es"]
        clock.advance(HOUR)
        assert kids(keys, published) == ["ed"]

    def test_again_for_a_key_that_is_not_known(self, published: Client, clock: FakeClock) -> None:
        fetcher = Answering(public(OWN["ES256"]), public(*OWN.values()))
        keys = ClientKeys(fetcher, clock)
        assert kids(keys, published, "ed") == ["es"]
        assert fetcher.asked == 1, "not twice within the pause"
        clock.advance(AGAIN)
        assert kids(keys, published, "ed") == ["es", "ed", "rsa"]
        assert fetcher.asked == 2

    def test_nobody_makes_us_ask_all_the_time(self, published: Client, clock: FakeClock) -> None:
        fetcher = Answering(public(OWN["ES256"]))
        keys = ClientKeys(fetcher, clock)
        for number in range(100):
            kids(keys, published, f"unknown {number}")
        assert fetcher.asked == 1

    @pytest.mark.parametrize(
        "failure", [Unreachable("down"), Refused("private"), {"keys": [{"kty": "oct", "k": "AA"}]}]
    )
    def test_a_failure_keeps_what_is_fresh_and_no_longer(
        self, published: Client, clock: FakeClock, failure: Any
    ) -> None:
        fetcher = Answering(public(OWN["ES256"]), failure)
        keys = ClientKeys(fetcher, clock)
        assert kids(keys, published) == ["es"]
        clock.advance(AGAIN)
        assert kids(keys, published, "unknown") == ["es"]
        clock.advance(HOUR)
        assert kids(keys, published) == []
        assert kids(keys, published) == []
        assert fetcher.asked == 3

    def test_a_withdrawn_key_counts_for_an_hour_at_the_most(
        self, published: Client, clock: FakeClock
    ) -> None:
        fetcher = Answering(public(OWN["ES256"]), public(OWN["EdDSA"]))
        fetcher.fresh_for = timedelta(days=1)
        keys = ClientKeys(fetcher, clock)
        assert kids(keys, published) == ["es"]
        clock.advance(HOUR)
        assert kids(keys, published) == ["ed"]

    def test_it_comes_back(self, published: Client, clock: FakeClock) -> None:
        fetcher = Answering(Unreachable("down"), public(OWN["ES256"]))
        keys = ClientKeys(fetcher, clock)
        assert kids(keys, published) == []
        clock.advance(AGAIN)
        assert kids(keys, published) == ["es"]


class TestStrangers:
    """What anybody may register takes nothing from the clients of an operator."""

    def test_their_fetches_are_counted_apart(self, store: Store) -> None:
        nowhere: dict[str, Any] = {"resolve": lambda _host, _port: [], "seconds": 1.0}
        strangers = Fetcher(store, **nowhere)
        for number in range(PER_HOST):
            with pytest.raises(Refused):
                strangers.get(f"https://keys.example/{number}")
        with pytest.raises(Unreachable, match="too often"):
            strangers.get(URI)
        with pytest.raises(Refused, match="not an address"):
            Fetcher(store, whose="operators", **nowhere).get(URI)

    def test_their_failures_are_not_those_of_others(
        self, published: Client, clock: FakeClock
    ) -> None:
        """A stranger that names the very address of another client."""
        stranger = replace(published, id="stranger", source=DYNAMIC)
        keys = ClientKeys(Answering(Unreachable("used up")), clock, Answering(public(OWN["ES256"])))
        assert kids(keys, stranger) == []
        assert kids(keys, published) == ["es"]

    def test_nobody_waits_for_one_that_is_slow(self, published: Client, clock: FakeClock) -> None:
        stranger = replace(published, source=DYNAMIC)
        begun, end = threading.Event(), threading.Event()

        class Slow(Answering):
            def get(self, url: str, most: int) -> Fetched:
                begun.set()
                assert end.wait(PATIENCE)
                return super().get(url, most)

        keys = ClientKeys(Slow(public(OWN["ES256"])), clock)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(kids, keys, stranger)
            assert begun.wait(PATIENCE)
            assert kids(keys, stranger) == []
            end.set()
            assert first.result() == ["es"]


def test_keys_are_fetched_by_https(
    store: Store,
    registered: Client,
    clock: FakeClock,
    hostile: Hostile,
    proof: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    uri = hostile.answer("/jwks.json", public(*OWN.values()))
    client = replace(registered, metadata=ClientMetadata(jwks_uri=uri))
    keys = ClientKeys(Fetcher(store, loopback=True), clock)
    assert kids(keys, client) == ["es", "ed", "rsa"]


def test_an_address_within_is_never_asked(
    rp: RelyingParty, store: Store, registered: Client, clock: FakeClock, hostile: Hostile
) -> None:
    """Whatever slipped into the store, an assertion makes us connect to no private address."""
    uri = hostile.answer("/private.json", public(*OWN.values()))
    own = metadata(jwks=None, jwks_uri=uri)
    add(store, registered, id="signer", metadata=own, secret_hash=None)
    seen = len(hostile.seen)
    sent = {"grant_type": "client_credentials", **SigningParty(clock).assertion()}
    assert rp.browser.post("/oauth/token", data=sent).get_json() == {"error": "invalid_client"}
    assert len(hostile.seen) == seen
