"""The chatbot's backend: checks every access token offline and says which message needs more proof.

It never calls the gateway per request. It fetches the key set once, and again at most every ten
seconds when a token names a key it has not seen, so it goes on while the gateway is down.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from flask import Blueprint, Response, jsonify, request
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.util import urlsafe_b64decode

ALGORITHMS = ["ES256", "RS256"]
HEADERS = {"alg", "typ", "kid"}
LONGEST = 8192
AHEAD = 10
REFETCH_SECONDS = 10

MFA = {"mfa", "aal2", "phr", "phrh", "aal3"}
"""Every level of the gateway that includes `mfa`."""

MAX_AGE = 300


class InvalidToken(Exception):
    """The token does not serve here; the reason is for the log."""


class Verifier:
    """Validates JWT access tokens (RFC 9068, section 4) of one issuer for one audience."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        fetch: Callable[[], dict[str, Any]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self._fetch = fetch or (lambda: download(f"{issuer}/.well-known/jwks.json"))
        self._now = now
        self._keys: dict[str, tuple[str, Key]] = {}
        self._fetched_at = float("-inf")

    def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a good token. Raises InvalidToken."""
        if len(token) > LONGEST or token.count(".") != 2:
            raise InvalidToken("not a compact JWS of a sensible size")
        try:
            key = self._key(strict_json(urlsafe_b64decode(token.partition(".")[0].encode())))
            claims = strict_json(jws.deserialize_compact(token, key, algorithms=ALGORITHMS).payload)
        except (JoseError, ValueError, RecursionError) as error:
            raise InvalidToken(str(error)) from error
        self._check(claims)
        return claims

    def _key(self, header: dict[str, Any]) -> Key:
        """Return our own key for a header that says nothing but alg, typ and kid."""
        typ, alg, kid = (header.get(name) for name in ("typ", "alg", "kid"))
        if not set(header) <= HEADERS or typ not in {"at+jwt", "application/at+jwt"}:
            raise InvalidToken("not the header of an access token")
        if not isinstance(kid, str) or not isinstance(alg, str):
            raise InvalidToken("no key is named")
        if kid not in self._keys:
            self._refetch()
        expected, key = self._keys.get(kid, ("", None))
        if key is None or alg != expected:
            raise InvalidToken("unknown key, or not its algorithm")
        return key

    def _refetch(self) -> None:
        if self._now() - self._fetched_at < REFETCH_SECONDS:
            return
        self._fetched_at = self._now()
        try:
            found = self._fetch()["keys"]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise InvalidToken("the keys cannot be had now") from error
        self._keys = {jwk["kid"]: (jwk["alg"], import_key(jwk)) for jwk in found}

    def _check(self, claims: dict[str, Any]) -> None:
        now = self._now()
        audience = claims.get("aud")
        if claims.get("iss") != self.issuer:
            raise InvalidToken("another issuer")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidToken("another audience")
        if instant(claims, "exp") <= now:
            raise InvalidToken("expired")
        for name in {"iat", "nbf"} & {"iat", *claims}:
            if instant(claims, name) > now + AHEAD:
                raise InvalidToken("not yet valid")
        if not isinstance(claims.get("sub"), str):
            raise InvalidToken("no subject")


def download(url: str) -> dict[str, Any]:
    """Fetch a JSON document. Raises RequestException."""
    answer = requests.get(url, timeout=3, allow_redirects=False)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


def strict_json(data: bytes) -> dict[str, Any]:
    """Read a JSON object without duplicate members or NaN. Raises ValueError."""
    value = json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def instant(claims: dict[str, Any], name: str) -> float:
    """Return a NumericDate. Raises InvalidToken where it is missing or no number."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(f"{name} is missing or no number")
    return value


@dataclass(frozen=True)
class Reply:
    """What the backend answers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class Backend:
    """Answers messages of people whose token says enough about how they logged in."""

    def __init__(self, verifier: Verifier, now: Callable[[], float] = time.time) -> None:
        self._verifier = verifier
        self._now = now

    def message(self, authorization: str, text: str) -> Reply:
        """Answer one message, or 401 with what is missing (RFC 6750, RFC 9470)."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return _unauthorized("Bearer")
        try:
            claims = self._verifier.claims(token.strip())
        except InvalidToken:
            return _unauthorized('Bearer error="invalid_token"')
        if text.lower().startswith("transfer money") and not self._strong(claims):
            return _unauthorized(
                'Bearer error="insufficient_user_authentication", '
                'error_description="Transfers need a recent login with two factors", '
                f'acr_values="mfa", max_age="{MAX_AGE}"'
            )
        return Reply(200, {"reply": answer(text)})

    def _strong(self, claims: dict[str, Any]) -> bool:
        level, _, _ = str(claims.get("acr", "")).partition("+")
        at = claims.get("auth_time")
        return level in MFA and isinstance(at, int) and self._now() - at <= MAX_AGE


def _unauthorized(challenge: str) -> Reply:
    return Reply(401, {"error": "unauthorized"}, {"WWW-Authenticate": challenge})


def answer(text: str) -> str:
    """Return what a very small bank clerk would say."""
    if text.lower().startswith("transfer money"):
        return f"Done: “{text}”. (No money moved, this is a demo.)"
    if any(word in text.lower() for word in ("hello", "hi", "hey")):
        return "Hello! Ask me anything, or say “transfer money to Bob”."
    return "I only know small talk. To see step-up, say “transfer money to Bob”."


def blueprint(backend: Backend) -> Blueprint:
    """Return the backend's own HTTP interface: POST /api/messages {"text": ...}."""
    api = Blueprint("backend", __name__)

    @api.post("/api/messages")
    def messages() -> Response:
        sent = request.get_json(silent=True)
        text = sent.get("text") if isinstance(sent, dict) else None
        if not isinstance(text, str):
            return Response(status=400)
        reply = backend.message(request.headers.get("Authorization", ""), text)
        response = jsonify(reply.body)
        response.status_code = reply.status
        response.headers.update(reply.headers)
        return response

    return api
