"""The holder of a key, who signs DPoP proofs with it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from contracts.clock import Clock
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty

BOUND = ClientMetadata(dpop_bound_access_tokens=True)
TOKEN = f"{ISSUER}/oauth/token"
USERINFO = f"{ISSUER}/oauth/userinfo"


@dataclass
class Prover:
    """Signs proofs; `nonce` goes into each where it has one."""

    clock: Clock
    key: Key = field(default_factory=lambda: ECKey.generate_key("P-256"))
    alg: str = "ES256"
    nonce: str | None = None

    @property
    def jkt(self) -> str:
        return self.key.thumbprint()

    def claims(self, method: str = "POST", url: str = TOKEN, **more: Any) -> dict[str, Any]:
        said = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(self.clock.now().timestamp()),
            "nonce": self.nonce,
            **more,
        }
        return {name: value for name, value in said.items() if value is not None}

    def header(self) -> dict[str, Any]:
        return {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.key.as_dict(private=False)}

    def proof(self, method: str = "POST", url: str = TOKEN, **more: Any) -> str:
        claims = self.claims(method, url, **more)
        return signed(encoded(self.header()), encoded(claims), self.alg, self.key)

    def headers(self, method: str = "POST", url: str = TOKEN, **more: Any) -> dict[str, str]:
        return {"DPoP": self.proof(method, url, **more)}

    def token(self, rp: RelyingParty, /, **body: str) -> TestResponse:
        """Send a token request with a fresh proof."""
        own = rp.basic() if rp.secret else {}
        sent = body if rp.secret else {"client_id": rp.client_id, **body}
        return rp.browser.post("/oauth/token", data=sent, headers={**own, **self.headers()})

    def exchange(self, rp: RelyingParty, code: str) -> TestResponse:
        return self.token(
            rp,
            grant_type="authorization_code",
            code=code,
            redirect_uri=rp.redirect_uri,
            code_verifier=rp.verifier,
        )

    def refresh(self, rp: RelyingParty, token: str, **more: str) -> TestResponse:
        return self.token(rp, grant_type="refresh_token", refresh_token=token, **more)

    def tokens(self, rp: RelyingParty, **changes: str | None) -> dict[str, Any]:
        answer = self.exchange(rp, rp.code(**changes))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    def userinfo(self, rp: RelyingParty, token: str, **changes: Any) -> TestResponse:
        proof = self.proof("GET", USERINFO, **{"ath": ath(token), **changes})
        sent = {"Authorization": f"DPoP {token}", "DPoP": proof}
        return rp.browser.get("/oauth/userinfo", headers=sent)


def ath(token: str) -> str:
    return encoded_bytes(hashlib.sha256(token.encode()).digest())


def encoded_bytes(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def encoded(value: object) -> str:
    return encoded_bytes(json.dumps(value).encode())


def signed(header: str, claims: str, alg: str, key: Key) -> str:
    message = f"{header}.{claims}"
    signature = JWSRegistry.algorithms[alg].sign(message.encode(), key)
    return f"{message}.{encoded_bytes(signature)}"
