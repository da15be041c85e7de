"""Encrypted ID tokens and UserInfo responses, as a client opens them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwe import decrypt_compact
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from gateway import oidc
from gateway.oidc.issued.nested import ALGS, ENCS
from gateway.oidc.keys import jose
from gateway.oidc.keys.algorithms import ALGORITHMS
from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.relying_party import RelyingParty, refused

KEYS: dict[str, Key] = {
    "RSA": RSAKey.generate_key(2048),
    "EC": ECKey.generate_key("P-256"),
    "P-384": ECKey.generate_key("P-384"),
    "OKP": OKPKey.generate_key("X25519"),
}
FITTING = [
    *(("RSA-OAEP-256", "RSA", enc) for enc in ENCS),
    *(("ECDH-ES", kty, "A128GCM") for kty in ("EC", "P-384", "OKP")),
    *(("ECDH-ES+A128KW", "EC", enc) for enc in ENCS),
    ("ECDH-ES+A256KW", "OKP", "A256GCM"),
]


@pytest.fixture
def client(rp: RelyingParty, store: Store, registered: Client) -> Any:
    """Register a client with this metadata; return it at the same browser."""

    def add(*keys: dict[str, Any], **metadata: Any) -> RelyingParty:
        said = ClientMetadata(jwks={"keys": list(keys)} if keys else None, **metadata)
        with store.write() as tx:
            tx.clients.add(replace(registered, id="sealed", metadata=said))
        return RelyingParty(rp.browser, "sealed")

    return add


def public(key: Key, **members: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), **members}


def header(token: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(urlsafe_b64decode(token.partition(".")[0].encode()))
    return read


def opened(token: str, key: Key, alg: str, enc: str) -> str:
    assert token.count(".") == 4
    plaintext = decrypt_compact(token, key, [alg, enc]).plaintext
    assert plaintext is not None
    return plaintext.decode()


@pytest.mark.parametrize(("alg", "kty", "enc"), FITTING)
def test_an_id_token_is_signed_then_encrypted(
    client: Any, store: Store, alg: str, kty: str, enc: str
) -> None:
    key = KEYS[kty]
    sealed = client(
        public(key, use="enc", kid="mine"),
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=enc,
    )
    tokens = sealed.tokens()
    outside = header(tokens["id_token"])
    assert {name: outside[name] for name in ("alg", "enc", "kid", "cty")} == {
        **{"alg": alg, "enc": enc},
        **{"kid": "mine", "cty": "JWT"},
    }
    assert "zip" not in outside
    keys = KeySet.import_key_set(oidc.jwks(store))
    inside = jose.decoded(opened(tokens["id_token"], key, alg, enc), keys, ["ES256"])
    assert (inside.claims["aud"], inside.claims["nonce"]) == ("sealed", "a nonce")
    again = sealed.refresh(tokens["refresh_token"]).get_json()["id_token"]
    assert jose.decoded(opened(again, key, alg, enc), keys).claims["sub"] == inside.claims["sub"]


def test_the_encryption_that_is_meant_where_none_is_named(client: Any) -> None:
    """Dynamic Registration 1.0, section 2: `enc` defaults to A128CBC-HS256."""
    sealed = client(public(KEYS["EC"]), id_token_encrypted_response_alg="ECDH-ES")
    outside = header(sealed.tokens()["id_token"])
    assert outside["enc"] == "A128CBC-HS256"
    assert "kid" not in outside


@pytest.mark.parametrize(
    "held",
    [
        (),
        (public(KEYS["RSA"]),),
        (public(KEYS["EC"], use="sig"),),
        (public(KEYS["EC"], alg="ECDH-ES+A256KW"),),
        (public(OKPKey.generate_key("Ed25519")),),
    ],
    ids=["none", "another type", "to sign with", "for another algorithm", "of a curve that signs"],
)
def test_without_a_key_that_fits_nothing_is_told(client: Any, held: Any) -> None:
    sealed = client(*held, id_token_encrypted_response_alg="ECDH-ES")
    refused(sealed.exchange(sealed.code()), "invalid_client_metadata")


def test_the_key_that_fits_is_found_among_others(client: Any) -> None:
    sealed = client(
        public(KEYS["RSA"], use="enc", kid="rsa"),
        public(ECKey.generate_key("P-256"), use="sig", kid="signs"),
        public(KEYS["EC"], use="enc", kid="this"),
        id_token_encrypted_response_alg="ECDH-ES+A128KW",
    )
    assert header(sealed.tokens()["id_token"])["kid"] == "this"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_an_id_token_has_its_own_algorithm(client: Any, store: Store, alg: str) -> None:
    """And `at_hash` is made with the hash of that one (3.1.3.6; SHA-512 for EdDSA)."""
    tokens = client(id_token_signed_response_alg=alg).tokens()
    assert header(tokens["id_token"])["alg"] == alg
    assert header(tokens["access_token"])["alg"] == "ES256"
    read = jose.decoded(tokens["id_token"], KeySet.import_key_set(oidc.jwks(store)), [alg])
    assert read.claims["at_hash"] == _half_hash(tokens["access_token"], alg)


def _half_hash(token: str, alg: str) -> str:
    name = "sha512" if alg == "EdDSA" else "sha256"
    digest = hashlib.new(name, token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def test_what_is_announced(rp: RelyingParty) -> None:
    said = rp.browser.get("/.well-known/openid-configuration").get_json()
    for kind in ("id_token", "userinfo"):
        assert said[f"{kind}_signing_alg_values_supported"] == list(ALGORITHMS)
        assert said[f"{kind}_encryption_alg_values_supported"] == list(ALGS)
        assert said[f"{kind}_encryption_enc_values_supported"] == list(ENCS)
    assert not {"RSA1_5", "none", "dir", "HS256"} & {*ALGS, *ALGORITHMS}
