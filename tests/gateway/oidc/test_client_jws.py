"""Whatever a stranger signs, or does not: refused at once, by the error of its place."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.oidc import jws
from store import Store
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty
from tests.gateway.oidc.signing_party import (
    KINDS,
    OWN,
    STRANGE,
    Signature,
    SigningParty,
    add,
    base64url,
    mac,
    metadata,
    shown,
    signing,
)
from tests.timing import AT_ONCE, quickest

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""What is refused here, no database sees."""

VECTORS = json.loads((Path(__file__).parent / "vectors" / "client_jws.json").read_text())
EC = OWN["ES256"]


def der(message: bytes) -> bytes:
    return bytes(EC.private_key.sign(message, ECDSA(hashes.SHA256())))


def pem() -> bytes:
    key = OWN["PS256"].public_key
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


SIGNATURES: dict[str, Signature] = {
    "own": signing(EC, "ES256"),
    "EdDSA": signing(KINDS["EdDSA"], "EdDSA"),
    "RS256": signing(KINDS["RS256"], "RS256"),
    "stranger": signing(STRANGE, "ES256"),
    "nothing": lambda _: b"",
    "zeros": lambda _: bytes(64),
    "der": der,
    "hmac jwk": mac(json.dumps(EC.as_dict(private=False)).encode()),
    "hmac pem": mac(pem()),
    "hmac empty": mac(b""),
}


def token(vector: dict[str, Any], claims: dict[str, Any]) -> str:
    """Return what a vector describes, with these claims where it has none of its own."""
    parts = {name: "".join([a, b * n, c]) for name, (a, b, n, c) in repeats(vector)}
    if "token" in parts or "token" in vector:
        return str(parts.get("token", vector.get("token")))
    header = dict(vector.get("header", {}))
    if header.get("jwk") == "its own":
        header["jwk"] = STRANGE.as_dict(private=False)
    head = parts.get("header") or vector.get("header_text") or json.dumps(header)
    body = parts.get("claims") or vector.get("claims_text", said(vector, claims))
    if "segments" in vector:
        return base64url(head.encode()) + ".AAAA" * (vector["segments"] - 1)
    message = f"{base64url(head.encode())}.{base64url(body.encode())}"
    signature = base64url(SIGNATURES[vector["signed"]](message.encode()))
    return after(vector.get("after", ""), f"{message}.{signature}")


def repeats(vector: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(vector.get("repeat", {}).items())


def said(vector: dict[str, Any], claims: dict[str, Any]) -> str:
    text = json.dumps(claims)
    if "twice" in vector:
        name = vector["twice"]
        return f'{{"{name}": {json.dumps(claims[name])}, {text[1:]}'
    return text


def after(what: str, jws: str) -> str:
    head, body, signature = jws.split(".")
    swapped = base64.urlsafe_b64decode(body + "==").replace(b"}", b',"x":1}', 1)
    header = base64url(b'{"alg":"ES256","kid":"es" }')
    return {
        "": jws,
        "swap the payload": f"{head}.{base64url(swapped)}.{signature}",
        "swap the header": f"{header}.{body}.{signature}",
        "pad": f"{head}==.{body}==.{signature}==",
        "space": f"{head}.{body}. {signature}\n",
        "one more": f"{jws}.{signature}",
        "plain base64": f"{head}.{body}.{signature.replace('-', '+').replace('_', '/')}=",
        "json": json.dumps({"protected": head, "payload": body, "signature": signature}),
    }[what]


@pytest.fixture
def party(rp: RelyingParty, store: Store, registered: Client, clock: FakeClock) -> SigningParty:
    add(store, registered, id="signer", metadata=metadata(), secret_hash=None)
    return SigningParty(clock)


def small(vector: dict[str, Any]) -> bool:
    """Tell whether it is small enough for the bridge: what is larger never reaches a form."""
    return all(count < 1_000_000 for _, (_, _, count, _) in repeats(vector))


def parsed(text: str) -> jws.Signed | None:
    try:
        return jws.parse(text, 40 * 1024)
    except ValueError:
        return None


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
class TestVectors:
    """Each of them as a client assertion and as a request object."""

    def test_as_a_client_assertion(
        self, rp: RelyingParty, party: SigningParty, vector: dict[str, Any]
    ) -> None:
        sent = {"grant_type": "client_credentials", **shown(token(vector, party.claims()))}
        if small(vector):
            answer, seconds = quickest(lambda: rp.browser.post("/oauth/token", data=sent))
            assert answer.status_code == 401
            assert answer.get_json() == {"error": "invalid_client"}
            assert seconds < AT_ONCE

    def test_as_a_request_object(
        self, rp: RelyingParty, party: SigningParty, vector: dict[str, Any]
    ) -> None:
        rp.client_id = "signer"
        claims = {**rp.parameters(), **party.claims(sub=None, jti=None, aud=ISSUER)}
        if small(vector):
            sent = {**party.assertion(), "request": token(vector, claims)}
            answer = rp.browser.post("/oauth/par", data=sent)
            assert (answer.status_code, answer.get_json()["error"]) == (
                400,
                "invalid_request_object",
            )

    def test_it_is_no_token_to_begin_with_or_is_not_the_clients(
        self, party: SigningParty, vector: dict[str, Any]
    ) -> None:
        """Before any client is looked for: whatever its size, in no time."""
        text = token(vector, party.claims())
        read, seconds = quickest(lambda: parsed(text))
        assert seconds < AT_ONCE
        assert read is None or not read.header.keys() & jws.FOREIGN


def test_a_good_one_is_taken(rp: RelyingParty, party: SigningParty) -> None:
    """The vectors differ from this one, and from nothing else."""
    good = {"header": {"alg": "ES256", "kid": "es"}, "signed": "own"}
    sent = {"grant_type": "client_credentials", **shown(token(good, party.claims()))}
    assert rp.browser.post("/oauth/token", data=sent).status_code == 200
