"""JSON Web Signatures of our own in compact form (RFC 7515): made, and read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from gateway.oidc import jws, strict_json
from gateway.oidc.keys.algorithms import ALGORITHMS

Signature = Callable[[bytes], bytes]
"""Signs a message as RFC 7518, section 3 lays a signature out; an ECDSA one is r and s, raw."""

HEADER = {"alg", "typ", "kid"}
"""What every token of ours says in its header, and all that it says."""

LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Token:
    """What one of our keys signed."""

    header: dict[str, str]
    claims: dict[str, Any]


def decoded(token: str, keys: KeySet, algorithms: Collection[str] = ALGORITHMS) -> Token:
    """Return a token that one of these keys signed. Raises JoseError or ValueError.

    A key signs with the one algorithm it was made for (RFC 8725, section 3.1).
    """
    if len(token) > LONGEST or token.count(".") != 2:
        raise ValueError("too long, or not a compact JWS")
    message, _, signature = token.rpartition(".")
    first, _, second = message.partition(".")
    header = _header(first)
    if header["alg"] not in algorithms:
        raise ValueError("an algorithm that is not taken")
    key, algorithm = keys.get_by_kid(header["kid"]), JWSRegistry.algorithms[header["alg"]]
    algorithm.check_key(key)
    if not algorithm.verify(message.encode(), jws.decoded(signature), key):
        raise BadSignatureError()
    return Token(header, _claims(jws.decoded(second)))


def _header(segment: str) -> dict[str, str]:
    """Read a header: a stranger may have written it."""
    header = strict_json.parse_object(jws.decoded(segment[: jws.HEADER]), depth=1)
    if header.keys() != HEADER or not all(isinstance(value, str) for value in header.values()):
        raise ValueError("not a header of ours")
    return header


def _claims(data: bytes) -> dict[str, Any]:
    """Read claims that we have signed."""
    try:
        claims = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(claims, dict):
        raise ValueError("not an object")
    return claims


def compact(header: dict[str, Any], claims: dict[str, Any], signature: Signature) -> str:
    """Return the compact serialization of signed claims (RFC 7515, section 7.1)."""
    message = ".".join(jws.encoded(_json(part)) for part in (header, claims))
    return f"{message}.{jws.encoded(signature(message.encode()))}"


_ENCODER = json.JSONEncoder(separators=(",", ":"))
"""`json.dumps` makes a new one each time it is told of separators."""


def _json(value: dict[str, Any]) -> bytes:
    return _ENCODER.encode(value).encode()
