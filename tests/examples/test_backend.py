"""Hostile tokens against the verifier of the kit, and what the chatbot says to good ones."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from backend import Backend
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from resource_server.guard import Guard
from resource_server.spent import Spent
from resource_server.verifier import InvalidToken, Verifier

from tests.timing import AT_ONCE, quickest

NOW = 1_800_000_000
ISSUER = "https://gate.example"
EC = ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
ED = OKPKey.generate_key("Ed25519")
STRANGER = ECKey.generate_key("P-256")
KEYS = {
    "keys": [
        {**EC.as_dict(private=False), "kid": "ec", "alg": "ES256", "use": "sig"},
        {**RSA.as_dict(private=False), "kid": "rsa", "alg": "RS256", "use": "sig"},
        {**ED.as_dict(private=False), "kid": "ed", "alg": "EdDSA", "use": "sig"},
    ]
}
CLAIMS = {
    "iss": ISSUER,
    "sub": "ada",
    "aud": "bot",
    "client_id": "bot",
    "iat": NOW,
    "exp": NOW + 300,
    "jti": "1",
    "acr": "aal1",
    "auth_time": NOW,
}
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(header: str, payload: str, key: ECKey | OKPKey | RSAKey = EC, alg: str = "ES256") -> str:
    """Sign any two strings, however wrong they are."""
    signing = f"{b64(header.encode())}.{b64(payload.encode())}"
    return f"{signing}.{b64(JWSRegistry.algorithms[alg].sign(signing.encode(), key))}"


def token(
    header: dict[str, Any] | None = None,
    key: ECKey | OKPKey | RSAKey = EC,
    alg: str = "ES256",
    **claims: Any,
) -> str:
    changed = {**CLAIMS, **claims}
    body = {name: value for name, value in changed.items() if value is not None}
    head = {n: v for n, v in {**HEADER, **(header or {})}.items() if v is not None}
    return raw(json.dumps(head), json.dumps(body), key, alg)


def hmac_signed(header: dict[str, Any], secret: bytes) -> str:
    signing = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return f"{signing}.{b64(hmac.new(secret, signing.encode(), sha256).digest())}"


def unsigned(alg: str) -> str:
    head = {**HEADER, "alg": alg}
    return f"{b64(json.dumps(head).encode())}.{b64(json.dumps(CLAIMS).encode())}."


def swapped(part: int) -> str:
    parts = token().split(".")
    parts[part] = token(sub="eve").split(".")[part]
    return ".".join(parts)


JWK = STRANGER.as_dict(private=False)
HOSTILE: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "one part": lambda: "abc",
    "empty parts": lambda: "..",
    "five parts": lambda: "a.b.c.d.e",
    "too large": lambda: token(pad="x" * 9000),
    "ten megabytes": lambda: "a" * 10_000_000 + ".b.c",
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("None"),
    "alg empty": lambda: unsigned(""),
    "alg missing": lambda: token({"alg": None}),
    "alg a list": lambda: token({"alg": ["ES256"]}),
    "HS256 with the public key": lambda: hmac_signed(
        {**HEADER, "alg": "HS256", "kid": "rsa"}, RSA.as_pem(private=False)
    ),
    "HS256 with the key set": lambda: hmac_signed(
        {**HEADER, "alg": "HS256"}, json.dumps(KEYS).encode()
    ),
    "HS256 with an empty key": lambda: hmac_signed({**HEADER, "alg": "HS256"}, b""),
    "RS256 by the key of ES256": lambda: token({"alg": "RS256"}, RSA, "RS256"),
    "ES256 by the key of RS256": lambda: token({"kid": "rsa"}),
    "PS256, which is not agreed": lambda: token({"alg": "PS256", "kid": "rsa"}, RSA, "PS256"),
    "ES384 named": lambda: token({"alg": "ES384"}),
    "another key": lambda: token(key=STRANGER),
    "jwk in the header": lambda: token({"jwk": JWK}, STRANGER),
    "jwk and no kid": lambda: token({"jwk": JWK, "kid": None}, STRANGER),
    "jku": lambda: token({"jku": "https://evil.example/jwks"}, STRANGER),
    "x5u": lambda: token({"x5u": "https://evil.example/cert"}, STRANGER),
    "x5c": lambda: token({"x5c": ["MII"]}, STRANGER),
    "kid missing": lambda: token({"kid": None}),
    "kid unknown": lambda: token({"kid": "nobody"}),
    "kid a path": lambda: token({"kid": "../../../dev/null"}),
    "kid a query": lambda: token({"kid": "ec' OR '1'='1"}),
    "kid a list": lambda: token({"kid": ["ec"]}),
    "crit": lambda: token({"crit": ["exp"], "exp": NOW}),
    "crit empty": lambda: token({"crit": []}),
    "b64 false": lambda: token({"b64": False, "crit": ["b64"]}),
    "zip": lambda: token({"zip": "DEF"}),
    "an ID token": lambda: token({"typ": "JWT"}),
    "no typ": lambda: token({"typ": None}),
    "a logout token": lambda: token({"typ": "logout+jwt"}),
    "another issuer": lambda: token(iss="https://evil.example"),
    "issuer with a slash": lambda: token(iss=ISSUER + "/"),
    "no issuer": lambda: token(iss=None),
    "another audience": lambda: token(aud="other"),
    "a longer audience": lambda: token(aud="bot.evil"),
    "other audiences": lambda: token(aud=["other", "third"]),
    "no audience": lambda: token(aud=None),
    "expired": lambda: token(exp=NOW - 1),
    "expires now": lambda: token(exp=NOW),
    "no expiry": lambda: token(exp=None),
    "expiry a string": lambda: token(exp=str(NOW + 300)),
    "expiry true": lambda: token(exp=True),
    "expiry not a number": lambda: raw(json.dumps(HEADER), '{"exp": NaN}'),
    "issued in a minute": lambda: token(iat=NOW + 61),
    "not before a minute": lambda: token(nbf=NOW + 61),
    "not before a string": lambda: token(nbf="soon"),
    "no subject": lambda: token(sub=None),
    "subject a number": lambda: token(sub=7),
    "payload swapped": lambda: swapped(1),
    "header swapped": lambda: ".".join([b64(b'{"alg":"ES256"}'), *token().split(".")[1:]]),
    "signature swapped": lambda: swapped(2),
    "signature cut": lambda: token()[:-8],
    "a claim twice": lambda: raw(json.dumps(HEADER), json.dumps(CLAIMS)[:-1] + ', "aud": "bot"}'),
    "a header member twice": lambda: raw(
        json.dumps(HEADER)[:-1] + ', "alg": "ES256"}', json.dumps(CLAIMS)
    ),
    "payload a list": lambda: raw(json.dumps(HEADER), "[]"),
    "payload no JSON": lambda: raw(json.dumps(HEADER), "exp"),
    "header a list": lambda: raw("[]", json.dumps(CLAIMS)),
    "header deep": lambda: raw("[" * 3000, "{}"),
    "not ASCII": lambda: token() + "é",
}


def verifier(**changes: Any) -> Verifier:
    return Verifier(ISSUER, "bot", **{"fetch": lambda: KEYS, "now": lambda: NOW, **changes})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tokens_are_refused_at_once(name: str) -> None:
    hostile, checks = HOSTILE[name](), verifier()

    def refuse() -> None:
        with pytest.raises(InvalidToken):
            checks.claims(hostile)

    assert quickest(refuse)[1] < AT_ONCE


@pytest.mark.parametrize(
    "good",
    [
        token(),
        token({"typ": "application/at+jwt"}),
        token({"alg": "RS256", "kid": "rsa"}, RSA, "RS256"),
        token({"alg": "EdDSA", "kid": "ed"}, ED, "EdDSA"),
        token(aud=["other", "bot"]),
        token(iat=NOW + 10),
    ],
)
def test_good_tokens(good: str) -> None:
    assert verifier().claims(good)["sub"] == "ada"


def test_the_tool_signs_like_joserfc() -> None:
    made = jws.serialize_compact(HEADER, json.dumps(CLAIMS), EC, algorithms=["ES256"])
    assert verifier().claims(made) == CLAIMS


class TestKeys:
    def test_one_fetch_and_another_at_most_every_ten_seconds(self) -> None:
        fetched, clock = [], [float(NOW)]
        checks = verifier(fetch=lambda: fetched.append(1) or KEYS, now=lambda: clock[0])
        for _ in range(5):
            checks.claims(token())
        assert len(fetched) == 1
        for _ in range(5):
            with pytest.raises(InvalidToken):
                checks.claims(token({"kid": "new"}))
        assert len(fetched) == 1
        clock[0] += 10
        with pytest.raises(InvalidToken):
            checks.claims(token({"kid": "new"}))
        assert len(fetched) == 2

    def test_a_new_key_is_found(self) -> None:
        clock, published = [float(NOW)], {"keys": KEYS["keys"][:1]}
        checks = verifier(fetch=lambda: published, now=lambda: clock[0])
        checks.claims(token())
        published["keys"] = KEYS["keys"]
        clock[0] += 11
        assert checks.claims(token({"alg": "RS256", "kid": "rsa"}, RSA, "RS256"))

    def test_it_goes_on_while_the_gateway_is_down(self) -> None:
        up, clock = [True], [float(NOW)]

        def fetch() -> dict[str, Any]:
            if not up[0]:
                raise requests.ConnectionError
            return KEYS

        checks = verifier(fetch=fetch, now=lambda: clock[0])
        checks.claims(token())
        up[0] = False
        clock[0] += 60
        assert checks.claims(token())
        with pytest.raises(InvalidToken):
            checks.claims(token({"kid": "new"}))
        assert checks.claims(token())


class TestMessages:
    @pytest.fixture(autouse=True)
    def backend(self, tmp_path: Path) -> None:
        spent = Spent(str(tmp_path / "spent.db"), lambda: NOW)
        self.answer = Backend(Guard(verifier(), spent)).message

    def ask(self, text: str, **claims: Any) -> Any:
        return self.answer(f"Bearer {token(**claims)}", text)

    def test_small_talk_needs_a_login(self) -> None:
        assert self.ask("hello").status == 200
        assert self.answer("", "hello").headers == {"WWW-Authenticate": "Bearer"}
        bad = self.answer("Bearer x", "hello")
        assert bad.headers == {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def test_a_signature_needs_a_proof_for_its_very_words(self) -> None:
        words = "Sign the lease"
        digest = sha256(words.encode()).digest()
        detail = {"type": "message", "message_hash": b64(digest), "message_hash_alg": "sha-256"}
        proof = {"acr": "mfa", "authorization_details": [detail]}
        plain = self.ask(words, acr="mfa")
        assert 'authorization_details_types="message"' in plain.headers["WWW-Authenticate"]
        assert self.ask("Sign the cheque", **proof, jti="2").status == 401
        assert self.ask(words, **{**proof, "acr": "aal1"}, jti="3").status == 401
        assert [self.ask(words, **proof).status for _ in range(3)] == [200, 401, 401]

    @pytest.mark.parametrize(
        ("claims", "status"),
        [
            ({"acr": "aal1"}, 401),
            ({"acr": "mfa"}, 200),
            ({"acr": "aal2"}, 200),
            ({"acr": "mfa+face"}, 200),
            ({"acr": "mfax"}, 401),
            ({"acr": None}, 401),
            ({"acr": "mfa", "auth_time": NOW - 300}, 200),
            ({"acr": "mfa", "auth_time": NOW - 301}, 401),
            ({"acr": "mfa", "auth_time": None}, 401),
        ],
    )
    def test_transfers_need_more(self, claims: dict[str, Any], status: int) -> None:
        reply = self.ask("Transfer money to Bob", **claims)
        assert reply.status == status
        if status == 401:
            assert 'error="insufficient_user_authentication"' in reply.headers["WWW-Authenticate"]
            assert 'acr_values="mfa", max_age="300"' in reply.headers["WWW-Authenticate"]
