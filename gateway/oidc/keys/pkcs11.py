"""Private parts in a PKCS#11 token: made there, used there, never to leave it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pkcs11
from pkcs11 import MGF, Attribute, KeyType, Mechanism, MechanismFlag

from gateway.oidc.jws import encoded
from gateway.oidc.keys.algorithms import ALGORITHMS, RSA_BITS
from gateway.oidc.keys.cryptoki import Token
from gateway.oidc.keys.jose import Signature
from gateway.oidc.keys.keeper import Keeper, KeyPair
from gateway.oidc.keys.wrapped import WRAPPED
from store.keys import SigningKey

REFERENCE = b"pkcs11:type=private;id="
"""What the store holds of such a key: where it is, as a URI (RFC 7512)."""

P_256 = bytes.fromhex("06082a8648ce3d030107")
ED25519 = bytes.fromhex("06032b6570")
"""Curves as PKCS#11 names them: the DER of their object identifiers."""

NEVER_LEAVES = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}


@dataclass(frozen=True, slots=True)
class Algorithm:
    """How a token makes a key for a JWS algorithm and signs with it."""

    key_type: KeyType
    makes: Mechanism
    signs: Mechanism
    curve: bytes = b""
    parameter: Any = None
    prepare: Callable[[bytes], bytes] = bytes


MECHANISMS = {
    # Few tokens hash by themselves what ECDSA is to sign.
    "ES256": Algorithm(
        KeyType.EC,
        Mechanism.EC_KEY_PAIR_GEN,
        Mechanism.ECDSA,
        P_256,
        prepare=lambda message: hashlib.sha256(message).digest(),
    ),
    "EdDSA": Algorithm(
        KeyType.EC_EDWARDS, Mechanism.EC_EDWARDS_KEY_PAIR_GEN, Mechanism.EDDSA, ED25519
    ),
    "RS256": Algorithm(KeyType.RSA, Mechanism.RSA_PKCS_KEY_PAIR_GEN, Mechanism.SHA256_RSA_PKCS),
    "PS256": Algorithm(
        KeyType.RSA,
        Mechanism.RSA_PKCS_KEY_PAIR_GEN,
        Mechanism.SHA256_RSA_PKCS_PSS,
        parameter=(Mechanism.SHA256, MGF.SHA256, 32),
    ),
}


@dataclass(frozen=True, slots=True)
class Pkcs11:
    """Keeps new keys in a token; those that were made before it was there stay where they are."""

    token: Token
    algorithms: tuple[str, ...]
    before: Keeper = field(default=WRAPPED)

    def generate(self, alg: str) -> KeyPair:
        """Make a key pair in the token; the public half alone is ever seen. Raises Unavailable."""
        known, key_id = MECHANISMS[alg], secrets.token_bytes(16)
        with self.token.session() as session:
            public, _ = _pair(session, known)(
                id=key_id,
                label=f"gatehouse {alg}",
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                mechanism=known.makes,
                private_template=NEVER_LEAVES,
                public_template={Attribute.TOKEN: False},
            )
            published = _jwk(known, public)
            public.destroy()  # it would stay as long as the session
        return KeyPair(published, REFERENCE + quote_from_bytes(key_id, safe="").encode())

    def signature(self, key: SigningKey) -> Signature:
        """Return what has the token sign."""
        if not key.private.startswith(REFERENCE):
            return self.before.signature(key)
        known, key_id = MECHANISMS[key.alg], _id(key)
        mechanism = {"mechanism": known.signs, "mechanism_param": known.parameter}
        return lambda message: self.token.sign(key_id, known.prepare(message), **mechanism)

    def destroy(self, key: SigningKey) -> None:
        """Destroy the key object; one that is gone already is no error. Raises Unavailable."""
        if not key.private.startswith(REFERENCE):
            return self.before.destroy(key)
        with self.token.session() as session:
            for found in session.get_objects({Attribute.ID: _id(key)}):
                found.destroy()
        return None

    def close(self) -> None:
        """Leave the token."""
        self.token.close()


def opened(module: Path, label: str, pin: str) -> Pkcs11:
    """Return the keeper of a token. Raises Misconfigured where it cannot be opened."""
    token = Token(module, label, pin)
    return Pkcs11(token, able(token.mechanisms()))


def able(mechanisms: set[Mechanism]) -> tuple[str, ...]:
    """Return the algorithms that a token with these mechanisms makes keys for and signs with."""
    wanted = {alg: {known.makes, known.signs} for alg, known in MECHANISMS.items()}
    return tuple(alg for alg in ALGORITHMS if wanted[alg] <= mechanisms)


def _pair(session: pkcs11.Session, known: Algorithm) -> Callable[..., tuple[Any, Any]]:
    if not known.curve:
        return lambda **asked: session.generate_keypair(KeyType.RSA, RSA_BITS, **asked)
    curve = {Attribute.EC_PARAMS: known.curve}
    return session.create_domain_parameters(known.key_type, curve, local=True).generate_keypair


def _jwk(known: Algorithm, public: Any) -> dict[str, str]:  # noqa: ANN401 - untyped attributes
    if known.key_type is KeyType.RSA:
        modulus, exponent = public[Attribute.MODULUS], public[Attribute.PUBLIC_EXPONENT]
        return {"kty": "RSA", "n": encoded(modulus), "e": encoded(exponent)}
    point: bytes = public[Attribute.EC_POINT]  # some tokens wrap it as DER, some do not
    if known.key_type is KeyType.EC_EDWARDS:
        return {"kty": "OKP", "crv": "Ed25519", "x": encoded(point[-32:])}
    x, y = point[-64:-32], point[-32:]
    return {"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)}


def _id(key: SigningKey) -> bytes:
    return unquote_to_bytes(key.private.removeprefix(REFERENCE))
