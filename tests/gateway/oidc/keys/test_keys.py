from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey, import_key
from joserfc.util import urlsafe_b64decode

from contracts.errors import Misconfigured
from gateway import oidc
from gateway.oidc.keys import rotation
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.keys.ring import STALENESS, KeyRing
from gateway.oidc.keys.rotation import JWKS_MAX_AGE, published_ahead
from store import Client, Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.relying_party import RelyingParty

LONGEST = timedelta(minutes=5)
PUBLISHED_AHEAD = published_ahead(JWKS_MAX_AGE)
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}


def kids(document: dict[str, Any]) -> set[str]:
    return {key["kid"] for key in document["keys"]}


def test_first_start_makes_one_key_of_each_kind(store: Store, clock: FakeClock) -> None:
    oidc.ensure(store, clock)
    made = oidc.jwks(store)
    oidc.ensure(store, clock)
    assert oidc.jwks(store) == made
    assert {(key["alg"], key["use"]) for key in made["keys"]} == {
        (alg, "sig") for alg in ALGORITHMS
    }
    assert len({key["kid"] for key in made["keys"]}) == len(ALGORITHMS)
    assert not any(PRIVATE & set(key) for key in made["keys"])
    for key in made["keys"]:
        parsed = import_key(key)
        assert key["kid"] == parsed.thumbprint()
        assert isinstance(parsed, ECKey | OKPKey | RSAKey)
        assert not isinstance(parsed, OctKey)


def test_no_key_no_signature(store: Store, clock: FakeClock) -> None:
    with pytest.raises(Misconfigured, match="gatehouse keys rotate"):
        KeyRing(store, clock).signer("ES256")


def test_rotation_publishes_before_it_signs_and_withdraws_after_the_last_token(
    store: Store, clock: FakeClock
) -> None:
    oidc.ensure(store, clock)
    old = kids(oidc.jwks(store))
    ring = KeyRing(store, clock)
    made = {key.kid for key in oidc.rotate(store, clock, longest_token=LONGEST)}

    assert PUBLISHED_AHEAD > JWKS_MAX_AGE
    assert kids(oidc.jwks(store)) == old | made
    clock.advance(PUBLISHED_AHEAD - timedelta(seconds=1))
    assert ring.signer("ES256").kid in old
    clock.advance(timedelta(seconds=6))
    assert ring.signer("ES256").kid in made
    clock.advance(LONGEST + JWKS_MAX_AGE)
    assert kids(oidc.jwks(store)) == old | made
    clock.advance(timedelta(seconds=15))
    assert kids(oidc.jwks(store)) == made


def test_a_waiting_key_is_not_followed_by_another(store: Store, clock: FakeClock) -> None:
    oidc.ensure(store, clock)
    assert len(oidc.rotate(store, clock, longest_token=LONGEST)) == len(ALGORITHMS)
    assert oidc.rotate(store, clock, longest_token=LONGEST) == []


def test_tokens_verify_all_the_way_through_a_rotation(
    rp: RelyingParty, store: Store, clock: FakeClock
) -> None:
    oidc.rotate(store, clock, longest_token=LONGEST)
    signed = set()
    fetched_at, cached = clock.now(), oidc.jwks(store)
    for _ in range(40):
        token = rp.token(grant_type="client_credentials").get_json()["access_token"]
        read = jwt.decode(token, KeySet.import_key_set(cached), algorithms=["ES256"])
        signed.add(read.header["kid"])
        clock.advance(timedelta(seconds=30))
        if clock.now() - fetched_at >= JWKS_MAX_AGE:
            fetched_at, cached = clock.now(), oidc.jwks(store)
    assert len(signed) == 2


def test_an_old_token_serves_until_it_expires(
    rp: RelyingParty, store: Store, clock: FakeClock
) -> None:
    oidc.rotate(store, clock, longest_token=LONGEST)
    clock.advance(PUBLISHED_AHEAD - timedelta(seconds=1))
    token = rp.tokens()["access_token"]
    clock.advance(timedelta(seconds=299))
    assert rp.userinfo(token).status_code == 200


def test_the_key_set_is_ordered_and_as_stable_as_its_bytes(
    rp: RelyingParty, store: Store, clock: FakeClock
) -> None:
    """By algorithm, the older key first; nothing else changes while no key does."""
    first = rp.browser.get("/.well-known/jwks.json")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    oidc.rotate(store, clock, longest_token=LONGEST)
    with store.read() as tx:
        held = {key.kid: key for key in tx.keys.list()}
    rotated = rp.browser.get("/.well-known/jwks.json")
    order = [(held[key["kid"]].alg, held[key["kid"]].signs_from) for key in rotated.json["keys"]]
    assert order == sorted(order)
    assert len(order) == 2 * len(ALGORITHMS)
    assert rotated.headers["ETag"] != first.headers["ETag"]
    assert rp.browser.get("/.well-known/jwks.json").data == rotated.data
    for key in rotated.json["keys"]:
        assert not PRIVATE & set(key)
        assert {"kid", "use", "alg", "kty"} <= set(key)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_each_algorithm_by_itself(
    rp: RelyingParty, store: Store, registered: Client, alg: str
) -> None:
    """Checked by the primitives, not by the library that signed."""
    with store.write() as tx:
        tx.clients.add(replace(registered, id="each", token_alg=alg))
    each = RelyingParty(rp.browser, "each")
    tokens = each.tokens()
    published = {key["kid"]: key for key in oidc.jwks(store)["keys"]}
    for token in (tokens["id_token"], tokens["access_token"]):
        header, claims, signature = token.split(".")
        read = json.loads(urlsafe_b64decode(header.encode()))
        assert read["alg"] == alg == published[read["kid"]]["alg"]
        key = import_key(published[read["kid"]]).public_key
        verify(key, alg, urlsafe_b64decode(signature.encode()), f"{header}.{claims}".encode())
    assert each.userinfo(tokens["access_token"]).status_code == 200


def verify(key: Any, alg: str, signature: bytes, message: bytes) -> None:
    sha256 = hashes.SHA256()
    if alg == "EdDSA":
        key.verify(signature, message)
    elif alg == "ES256":
        assert len(signature) == 64
        r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(sha256))
    elif alg == "RS256":
        key.verify(signature, message, padding.PKCS1v15(), sha256)
    else:
        key.verify(signature, message, padding.PSS(padding.MGF1(sha256), 32), sha256)


def test_a_key_signs_with_its_own_algorithm_alone(rp: RelyingParty, store: Store) -> None:
    """RFC 8725, section 3.1: the key of RS256 never makes or validates PS256."""
    token = RelyingParty(rp.browser, "legacy").tokens()["access_token"]
    key = private_key(store, "RS256")
    read = jwt.decode(token, key, algorithms=["RS256"])
    forged = jwt.encode({**read.header, "alg": "PS256"}, read.claims, key, algorithms=["PS256"])
    assert rp.userinfo(token).status_code == 200
    assert rp.userinfo(forged).status_code == 401


def test_a_revoked_key_is_gone_within_seconds(
    rp: RelyingParty, store: Store, clock: FakeClock
) -> None:
    token = rp.tokens()["access_token"]
    assert rp.userinfo(token).status_code == 200
    [revoked] = [key for key in oidc.jwks(store)["keys"] if key["alg"] == "ES256"]
    others = kids(oidc.jwks(store)) - {revoked["kid"]}
    assert rotation.revoke(store, clock, revoked["kid"])
    assert not rotation.revoke(store, clock, revoked["kid"])
    published = kids(oidc.jwks(store))
    assert published > others
    assert revoked["kid"] not in published
    clock.advance(STALENESS)
    assert rp.userinfo(token).status_code == 401
    assert rp.userinfo(rp.tokens()["access_token"]).status_code == 200


def test_a_key_that_waits_can_be_revoked_without_another(store: Store, clock: FakeClock) -> None:
    oidc.ensure(store, clock)
    before = kids(oidc.jwks(store))
    for key in oidc.rotate(store, clock, longest_token=LONGEST):
        assert rotation.revoke(store, clock, key.kid)
    assert kids(oidc.jwks(store)) == before


def test_of_a_withdrawn_key_nothing_is_left(store: Store, clock: FakeClock) -> None:
    oidc.ensure(store, clock)
    old = kids(oidc.jwks(store))
    oidc.rotate(store, clock, longest_token=LONGEST)
    assert rotation.withdraw(store) == []
    clock.advance(timedelta(days=1))
    assert set(rotation.withdraw(store)) == old
    with store.read() as tx:
        assert tx.keys.withdrawn() == []


@pytest.mark.parametrize("act", ["ensure", "rotate"])
def test_keys_are_made_once_whoever_makes_them(store: Store, clock: FakeClock, act: str) -> None:
    """Replicas that start, and operators that rotate, at the same moment."""
    if act == "rotate":
        oidc.ensure(store, clock)
    before = len(kids(oidc.jwks(store)))
    together = threading.Barrier(4)

    def once() -> None:
        together.wait()
        if act == "ensure":
            oidc.ensure(store, clock)
        else:
            oidc.rotate(store, clock, longest_token=LONGEST)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(once) for _ in range(4)]:
            done.result()
    made = oidc.jwks(store)["keys"]
    assert len(made) - before == len(ALGORITHMS)
    assert {key["alg"] for key in made} == set(ALGORITHMS)
