"""The public key that a proof carries in its header (RFC 9449, section 4.2; RFC 7517)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from joserfc.jwk import Key, RSAKey, import_key

from gateway.oidc.jws import PRIVATE
from gateway.oidc.keys.algorithms import RSA_BITS

COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")
EXPONENT = re.compile(r"[A-Za-z0-9_-]{4,6}")
MODULUS = re.compile(r"[A-Za-z0-9_-]{342,683}")
"""2048 to 4096 bits: what a longer one costs to verify is not for a stranger to choose."""

EC = {"x": COORDINATE, "y": COORDINATE}
OKP = {"x": COORDINATE}
RSA = {"n": MODULUS, "e": EXPONENT}

MEMBERS: Mapping[str, tuple[dict[str, str], dict[str, re.Pattern[str]]]] = {
    "ES256": ({"kty": "EC", "crv": "P-256"}, EC),
    "EdDSA": ({"kty": "OKP", "crv": "Ed25519"}, OKP),
    "Ed25519": ({"kty": "OKP", "crv": "Ed25519"}, OKP),
    "PS256": ({"kty": "RSA"}, RSA),
}
"""What a JWK must say for an algorithm, and the form of its other required members (RFC 7518)."""

ALGORITHMS = tuple(MEMBERS)
"""Those of FAPI 2.0 (section 5.4); EdDSA is Ed25519 alone, by its old name and by that of RFC 9864.

RS256 is not among them: no client needs it to sign a proof, and PKCS #1 v1.5 padding is on its way
out.
"""


def public_key(jwk: object, alg: str) -> Key:
    """Return the key of an embedded JWK that fits an algorithm of ours. Raises ValueError.

    Members beyond those that name the key are dropped; a point must lie on its curve.
    """
    if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
        raise ValueError("not a public key")
    fixed, formed = MEMBERS[alg]
    for name, form in formed.items():
        if not form.fullmatch(str(jwk.get(name))):
            raise ValueError(f"{name} is not what it should be")
    if any(jwk.get(name) != value for name, value in fixed.items()):
        raise ValueError("a key of another kind")
    key = import_key({**fixed, **{name: jwk[name] for name in formed}})
    if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS:
        raise ValueError("an RSA key that is too short")
    return key
