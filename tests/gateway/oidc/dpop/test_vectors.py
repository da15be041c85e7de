"""Proofs as an attacker makes them: each is refused, at once, and says nothing of why."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask, Response
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.test import create_environ, run_wsgi_app

from tests.fakes.clock import FakeClock
from tests.gateway.oidc.prover import Prover, encoded_bytes
from tests.gateway.oidc.relying_party import RelyingParty, refused
from tests.timing import AT_ONCE, quickest

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/dpop_proofs.json").read_text())
Recipe = dict[str, Any]


@pytest.fixture(scope="module")
def pairs() -> dict[str, Key]:
    with pytest.warns(SecurityWarning):
        short = RSAKey.generate_key(1024)
    return {
        "P-256": ECKey.generate_key("P-256"),
        "other": ECKey.generate_key("P-256"),
        "P-384": ECKey.generate_key("P-384"),
        "Ed448": OKPKey.generate_key("Ed448"),
        "RSA": RSAKey.generate_key(2048),
        "RSA 1024": short,
    }


@pytest.fixture
def database() -> str:
    """One is enough: no proof of these comes as far as the store."""
    return "sqlite"


@pytest.mark.parametrize("recipe", VECTORS, ids=lambda recipe: recipe["name"])
def test_a_bad_proof_is_refused_at_once(
    app: Flask, rp: RelyingParty, clock: FakeClock, pairs: dict[str, Key], recipe: Recipe
) -> None:
    kitchen = Kitchen(recipe, pairs, clock)
    sent = {**rp.basic(), "DPoP": kitchen.proof()}
    asked = {"path": "/oauth/token", "method": "POST", "data": MACHINE, "headers": sent}
    made = [create_environ(**asked) for _ in range(3)]
    answer, seconds = quickest(lambda: Response(*run_wsgi_app(app, made.pop())))
    refused(answer, "invalid_dpop_proof")
    assert seconds < AT_ONCE


def test_the_kitchen_can_make_a_good_one(
    rp: RelyingParty, clock: FakeClock, pairs: dict[str, Key]
) -> None:
    for recipe in ({}, {"key": "RSA", "alg": "PS256"}, {"claims_more": '"x":1'}):
        sent = {**rp.basic(), "DPoP": Kitchen(recipe, pairs, clock).proof()}
        assert rp.browser.post("/oauth/token", data=MACHINE, headers=sent).status_code == 200


MACHINE = {"grant_type": "client_credentials"}


class Kitchen:
    """Makes a proof by its recipe."""

    def __init__(self, recipe: Recipe, keys: dict[str, Key], clock: FakeClock) -> None:
        self.recipe = recipe
        self.keys = keys
        self.key = keys[recipe.get("key", "P-256")]
        self.prover = Prover(clock, self.key, recipe.get("alg", "ES256"))

    def proof(self) -> str:
        header, claims = self._part("header", self._header()), self._part("claims", self._claims())
        signature = self._signature(f"{header}.{claims}".encode())
        if "tampered" in self.recipe:
            claims = self._part("claims", self._claims())
        send = cooked(self.recipe.get("send", "{proof}"))
        return str(send).format(
            proof=f"{header}.{claims}.{signature}",
            header=header,
            claims=claims,
            signature=signature,
            loose=loosened(signature),
        )

    def _header(self) -> dict[str, Any]:
        jwk = self.key.as_dict(private="private" in self.recipe)
        others = self.keys["other"].as_dict(private=False)
        told = {"{kid}": self.prover.jkt, "{x}=": f"{jwk.get('x')}="}
        told |= {f"{{other.{name}}}": value for name, value in others.items()}
        jwk = merged(jwk, self.recipe.get("jwk", {}), told)
        return merged({**self.prover.header(), "jwk": jwk}, self.recipe.get("header", {}), told)

    def _claims(self) -> dict[str, Any]:
        claims = self.prover.claims()
        claims["iat"] += self.recipe.get("iat", 0)
        return merged(claims, self.recipe.get("claims", {}), {})

    def _part(self, name: str, value: dict[str, Any]) -> str:
        if f"{name}_hex" in self.recipe:
            return encoded_bytes(bytes.fromhex(self.recipe[f"{name}_hex"]))
        text = self.recipe.get(f"{name}_text", json.dumps(value))
        if f"{name}_more" in self.recipe:
            jwk = json.dumps(self.key.as_dict(private=False))
            more = self.recipe[f"{name}_more"].replace("{jwk}", jwk)
            more = more.replace("{twice}", jwk[:-1] + ',"x":"' + "A" * 43 + '"}')
            text = f"{text[:-1]},{more.replace('{digits}', '9' * 5000)}}}"
        return encoded_bytes(text.encode())

    def _signature(self, message: bytes) -> str:
        how = self.recipe.get("sign", "")
        if how == "hmac":
            return encoded_bytes(hmac.digest(self.key.as_pem(private=False), message, "sha256"))
        key = self.keys["other"] if how == "other" else self.key
        raw = JWSRegistry.algorithms[self.prover.alg].sign(message, key)
        r, s = (int.from_bytes(half) for half in (raw[:32], raw[32:]))
        made = {
            "empty": lambda: b"",
            "zeros": lambda: bytes(64),
            "cut": lambda: raw[:-1],
            "der": lambda: encode_dss_signature(r, s),
        }
        return encoded_bytes(made.get(how, lambda: raw)())


def merged(value: dict[str, Any], changes: Recipe, told: dict[str, str]) -> dict[str, Any]:
    """Return the members with these changed; null takes one away."""
    changed = {name: told.get(str(change), cooked(change)) for name, change in changes.items()}
    return {name: each for name, each in {**value, **changed}.items() if each is not None}


def cooked(value: Any) -> Any:
    """Return what a recipe is too short to spell out."""
    if isinstance(value, dict) and "$repeat" in value:
        text, times = value["$repeat"]
        return text * times
    if isinstance(value, dict) and "$nest" in value:
        nested: list[Any] = []
        for _ in range(value["$nest"]):
            nested = [nested]
        return nested
    if isinstance(value, dict) and "$power" in value:
        return 10 ** value["$power"]
    return value


def loosened(text: str) -> str:
    """Return base64url of the same bytes in another spelling."""
    alphabet = f"{ascii_uppercase}{ascii_lowercase}{digits}-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1] if text else text
