"""Access tokens that a stranger made, at the two places that read them (RFC 8725)."""

from __future__ import annotations

import base64
import hmac
import json
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey, Key, KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from gateway import oidc
from gateway.bodies import FORM_BYTES
from gateway.oidc.keys import jose
from store import Store
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.relying_party import RelyingParty
from tests.timing import AT_ONCE, quickest

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "jose.json").read_text())
STRANGER = ECKey.generate_key("P-256")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forger:
    """Makes a token of a vector out of a genuine one, with whatever it takes."""

    def __init__(self, store: Store, genuine: str) -> None:
        self.genuine = genuine
        self.key = private_key(store)
        header, claims, signature = genuine.split(".")
        self.header: dict[str, Any] = json.loads(urlsafe_b64decode(header.encode()))
        self.claims: dict[str, Any] = json.loads(urlsafe_b64decode(claims.encode()))
        self.signature = urlsafe_b64decode(signature.encode())
        self.rsa = next(key["kid"] for key in oidc.jwks(store)["keys"] if key["alg"] == "RS256")

    def make(self, vector: dict[str, Any]) -> str:
        if "text" in vector:
            text: str = vector["text"]
            return "." * 100_000 if text == "dots" else text.replace("{token}", self.genuine)
        if "jwe" in vector:
            header = encoded(json.dumps(vector["jwe"]).encode())
            return f"{header}.AAAA.AAAA.{encoded(bytes(1000))}.AAAA"
        message = f"{self._header(vector)}.{self._body(vector)}"
        return f"{message}.{encoded(self._sign(vector['signed'], message.encode()))}"

    def _header(self, vector: dict[str, Any]) -> str:
        if "head" in vector:
            return encoded(vector["head"].encode("utf-8", "surrogatepass"))
        if depth := vector.get("deep", 0):
            return encoded(b'{"alg":' + b"[" * depth + b"]" * depth + b"}")
        changed = {**self.header, **vector.get("header", {})}
        if changed.get("jwk") == "stranger":
            changed["jwk"] = STRANGER.as_dict(private=False)
        if changed.get("kid") == "RS256":
            changed["kid"] = self.rsa
        if "padding" in vector:
            changed["pad"] = "x" * vector["padding"]
        kept = {name: value for name, value in changed.items() if value is not None}
        return encoded(json.dumps(kept).encode())

    def _body(self, vector: dict[str, Any]) -> str:
        if "body" in vector:
            return encoded(vector["body"].encode())
        if depth := vector.get("nested", 0):
            return encoded(b'{"a":' * depth + b"1" + b"}" * depth)
        changed = {**self.claims, **vector.get("claims", {})}
        if changed.get("pad"):
            changed["pad"] = "x" * 2_000_000
        kept = {name: value for name, value in changed.items() if value is not None}
        return encoded(json.dumps(kept).encode())

    def _sign(self, how: str, message: bytes) -> bytes:
        r, s = self.signature[:32], self.signature[32:]
        ways: dict[str, Callable[[], bytes]] = {
            "nothing": lambda: b"",
            "genuine": lambda: self.signature,
            "key": lambda: signed(self.key, message),
            "stranger": lambda: signed(STRANGER, message),
            "hmac of nothing": lambda: hmac.digest(b"", message, "sha256"),
            "hmac of the JWK": lambda: hmac.digest(self._jwk(), message, "sha256"),
            "hmac of the PEM": lambda: hmac.digest(
                self.key.as_pem(private=False), message, "sha256"
            ),
            "zeros": lambda: bytes(64),
            "twice": lambda: self.signature * 2,
            "DER": lambda: encode_dss_signature(int.from_bytes(r), int.from_bytes(s)),
            "malleable": lambda: r + (ORDER + int.from_bytes(s)).to_bytes(33),
        }
        return ways[how]()

    def _jwk(self) -> bytes:
        return json.dumps(self.key.as_dict(private=False)).encode()


def signed(key: Key, message: bytes) -> bytes:
    return JWSRegistry.algorithms["ES256"].sign(message, key)


@pytest.fixture
def forger(rp: RelyingParty, store: Store) -> Forger:
    return Forger(store, rp.tokens()["access_token"])


def introspected(rp: RelyingParty, token: str) -> Any:
    answer = rp.browser.post("/oauth/introspect", data={"token": token}, headers=rp.basic())
    return answer.status_code, answer.get_json()


def test_what_the_forger_changes_nothing_of_is_taken(rp: RelyingParty, forger: Forger) -> None:
    """Or else no refusal below would show anything."""
    made = forger.make({"signed": "key"})
    assert rp.userinfo(made).status_code == 200
    assert introspected(rp, made)[1]["active"]


def test_a_forged_token_is_refused_at_once(rp: RelyingParty, forger: Forger) -> None:
    for vector in VECTORS:
        token = forger.make(vector)
        if len(token) > FORM_BYTES:
            refused_unread(token)
            continue
        assert introspected(rp, token) == (200, {"active": False}), vector["name"]
        presented = {"access_token": token}
        answer, seconds = quickest(partial(rp.browser.post, "/oauth/userinfo", data=presented))
        assert answer.status_code == 401, vector["name"]
        assert seconds < AT_ONCE, vector["name"]


def refused_unread(token: str) -> None:
    """The bridge reads no form of this size; if it did, the token would be refused by it."""

    def refuse() -> None:
        with pytest.raises(ValueError, match="too long"):
            jose.decoded(token, KeySet([]))

    assert quickest(refuse)[1] < AT_ONCE


def test_forged_tokens_cost_no_memory(rp: RelyingParty, forger: Forger) -> None:
    made = [forger.make(vector) for vector in VECTORS]
    tokens = [token for token in made if len(token) < FORM_BYTES]

    def ask() -> None:
        for token in tokens:
            rp.browser.post("/oauth/userinfo", data={"access_token": token})

    ask()
    tracemalloc.start()
    ask()
    ask()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 1_000_000
