"""Encrypted ID tokens and UserInfo responses, as a client opens them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwe import decrypt_compact
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from contracts.errors import BadRequest
from gateway import oidc
from gateway.oidc.clients import consistency
from gateway.oidc.clients.encryption import ALGS, ENCS
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.fetching.fetch import Fetched
from gateway.oidc.issued.nested import Envelopes
from gateway.oidc.keys import jose
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.keys.ring import KeyRing
from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, answered, refused

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


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_signed_userinfo_response(client: Any, store: Store, alg: str) -> None:
    """Core, section 5.3.2: application/jwt, with `iss` and `aud`."""
    signed = client(userinfo_signed_response_alg=alg)
    tokens = signed.tokens()
    answer = signed.userinfo(tokens["access_token"])
    assert (answer.status_code, answer.mimetype) == (200, "application/jwt")
    assert answer.headers["Cache-Control"] == "no-store"
    read = jose.decoded(answer.text, KeySet.import_key_set(oidc.jwks(store)), [alg])
    assert read.claims == {
        "iss": ISSUER,
        "aud": "sealed",
        "sub": read.claims["sub"],
        "preferred_username": "ada",
        "email": "ada@example.org",
    }


def test_a_signed_userinfo_response_serves_as_nothing_else(client: Any) -> None:
    """Neither as an access token nor as a hint of who was logged in."""
    signed = client(userinfo_signed_response_alg="ES256")
    token = signed.userinfo(signed.tokens()["access_token"]).text
    assert signed.userinfo(token).status_code == 401
    answer = answered(signed.authorize(prompt="none", id_token_hint=token))
    assert answer["error"] == "invalid_request"


def test_a_nested_userinfo_response(client: Any, store: Store) -> None:
    sealed = client(
        public(KEYS["EC"], use="enc", kid="mine"),
        userinfo_signed_response_alg="PS256",
        userinfo_encrypted_response_alg="ECDH-ES+A256KW",
        userinfo_encrypted_response_enc="A256GCM",
    )
    answer = sealed.userinfo(sealed.tokens()["access_token"])
    assert answer.mimetype == "application/jwt"
    assert header(answer.text)["cty"] == "JWT"
    inside = opened(answer.text, KEYS["EC"], "ECDH-ES+A256KW", "A256GCM")
    keys = KeySet.import_key_set(oidc.jwks(store))
    assert jose.decoded(inside, keys, ["PS256"]).claims["preferred_username"] == "ada"


def test_a_userinfo_response_that_is_encrypted_alone(client: Any) -> None:
    """Core, section 5.3.2: it may be encrypted without being signed."""
    sealed = client(public(KEYS["RSA"]), userinfo_encrypted_response_alg="RSA-OAEP-256")
    answer = sealed.userinfo(sealed.tokens()["access_token"])
    assert answer.mimetype == "application/jwt"
    inside = json.loads(opened(answer.text, KEYS["RSA"], "RSA-OAEP-256", "A128CBC-HS256"))
    assert (inside["aud"], inside["preferred_username"]) == ("sealed", "ada")
    assert "cty" not in header(answer.text)


def test_userinfo_without_a_key_that_fits_says_nothing(client: Any) -> None:
    sealed = client(public(KEYS["EC"]), userinfo_encrypted_response_alg="RSA-OAEP-256")
    answer = sealed.userinfo(sealed.tokens()["access_token"])
    assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_client_metadata"})


@pytest.mark.parametrize("kind", ["id_token", "userinfo"])
def test_nobody_registers_an_encryption_without_a_key_for_it(registered: Client, kind: str) -> None:
    wanted = {f"{kind}_encrypted_response_alg": "ECDH-ES"}
    for jwks in (None, {"keys": []}, {"keys": [public(KEYS["RSA"])]}):
        said = ClientMetadata(jwks=jwks, **wanted)  # type: ignore[arg-type]
        with pytest.raises(BadRequest, match="ECDH-ES"):
            consistency.check(replace(registered, metadata=said))
    held = {"jwks": {"keys": [public(KEYS["EC"])]}}, {"jwks_uri": "https://bot.example/jwks"}
    for keys in held:
        said = ClientMetadata(**wanted, **keys)  # type: ignore[arg-type]
        consistency.check(replace(registered, metadata=said))


def test_a_key_that_is_published_elsewhere_is_the_one_that_is_there_now(
    store: Store, registered: Client, clock: FakeClock
) -> None:
    """Core, section 10.2.1: the client changes its key at `jwks_uri`."""

    class Published:
        keys = (public(KEYS["EC"], kid="first"),)

        def get(self, _uri: str, _most: int) -> Fetched:
            return Fetched({"keys": list(self.keys)}, timedelta(minutes=5))

    oidc.ensure(store, clock)
    said = ClientMetadata(
        jwks_uri="https://bot.example/jwks", id_token_encrypted_response_alg="ECDH-ES+A128KW"
    )
    client, published = replace(registered, metadata=said), Published()
    envelopes = Envelopes(KeyRing(store, clock), ClientKeys(published, clock))
    assert header(envelopes.id_token(client, {}))["kid"] == "first"
    published.keys = (public(KEYS["OKP"], kid="second"),)
    clock.advance(timedelta(minutes=5))
    token = envelopes.id_token(client, {})
    assert header(token)["kid"] == "second"
    assert opened(token, KEYS["OKP"], "ECDH-ES+A128KW", "A128CBC-HS256").count(".") == 2
