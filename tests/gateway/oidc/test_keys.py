from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey, import_key

from contracts.errors import Misconfigured
from gateway import oidc
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.keys.rotation import JWKS_MAX_AGE, published_ahead
from store import Store
from tests.fakes.clock import FakeClock
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
