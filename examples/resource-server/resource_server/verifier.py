"""Access tokens of one issuer, validated offline (RFC 9068, section 4).

The issuer is never called per request: its key set is fetched once, and again at most every ten
seconds when a token names a key that has not been seen, so that all goes on while it is down.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, build_opener

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.util import urlsafe_b64decode

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256", "RS256")
HEADERS = {"alg", "typ", "kid"}
LONGEST = 8192
LONGEST_KEY_SET = 64 * 1024
AHEAD = 10
REFETCH_SECONDS = 10


class InvalidToken(Exception):
    """The token does not serve here; the reason is for the log."""


class Verifier:
    """Validates access tokens of one issuer for one audience."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        fetch: Callable[[], dict[str, Any]] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.now = now
        self._fetch = fetch or (lambda: download(f"{issuer}/.well-known/jwks.json"))
        self._keys: dict[str, tuple[str, Key]] = {}
        self._fetched_at = float("-inf")

    def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a good token. Raises InvalidToken."""
        try:
            header, payload = opened(token, LONGEST, self._key)
        except (JoseError, ValueError, RecursionError) as error:
            raise InvalidToken(str(error)) from error
        if header["typ"] not in {"at+jwt", "application/at+jwt"}:
            raise InvalidToken("not an access token")
        self._check(payload)
        return payload

    def said(self, token: str, typ: str, longest: int) -> dict[str, Any]:
        """Return what the issuer signed as this type. Raises ValueError."""
        try:
            header, payload = opened(token, longest, self._key)
        except (JoseError, RecursionError, InvalidToken) as error:
            raise ValueError(str(error)) from error
        if header["typ"] != typ:
            raise ValueError(f"not a {typ}")
        return payload

    def _key(self, header: dict[str, Any]) -> Key:
        """Return the issuer's own key for a header that says nothing but alg, typ and kid."""
        alg, kid = header.get("alg"), header.get("kid")
        if not set(header) <= HEADERS or not isinstance(header.get("typ"), str):
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
        if self.now() - self._fetched_at < REFETCH_SECONDS:
            return
        self._fetched_at = self.now()
        try:
            found = self._fetch()["keys"]
        except (OSError, HTTPException, ValueError, KeyError) as error:
            raise InvalidToken("the keys cannot be had now") from error
        self._keys = {
            jwk["kid"]: (jwk["alg"], import_key(jwk)) for jwk in found if jwk["alg"] in ALGORITHMS
        }

    def _check(self, claims: dict[str, Any]) -> None:
        now, audience = self.now(), claims.get("aud")
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


def opened(
    token: str, longest: int, key: Callable[[dict[str, Any]], Key]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a JWT that holds under the key for its header.

    Raises ValueError, JoseError, RecursionError, and whatever `key` does.
    """
    if len(token) > longest or token.count(".") != 2:
        raise ValueError("not a compact JWS of a sensible size")
    header = strict_json(urlsafe_b64decode(token.partition(".")[0].encode()))
    payload = jws.deserialize_compact(token, key(header), registry=Allowed()).payload
    return header, strict_json(payload)


class Allowed(jws.JWSRegistry):
    """Knows these algorithms alone; joserfc's own warns of the name EdDSA, still in use."""

    def get_alg(self, name: str) -> jws.JWSAlgModel:
        """Return an algorithm. Raises ValueError."""
        if name not in ALGORITHMS:
            raise ValueError("an algorithm that is not taken")
        return self.algorithms[name]


class NoRedirects(HTTPRedirectHandler):
    """Fetches what an address holds, and nothing that it leads to."""

    def redirect_request(self, *_: object) -> None:
        """Stay where the issuer's address is."""


def download(url: str) -> dict[str, Any]:
    """Fetch a JSON document. Raises OSError, HTTPException or ValueError."""
    with build_opener(NoRedirects).open(url, timeout=3) as answer:
        return strict_json(answer.read(LONGEST_KEY_SET))


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
