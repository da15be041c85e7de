"""Private parts as JWKs in the database, wrapped by the key-encryption key: the usual keeper."""

from __future__ import annotations

import json

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from contracts.errors import Misconfigured
from contracts.text import Text
from gateway.oidc.keys.algorithms import ALGORITHMS, RSA_BITS
from gateway.oidc.keys.jose import Signature
from gateway.oidc.keys.keeper import KeyPair
from store.keys import SigningKey


class Wrapped:
    """Needs nothing but the store, which seals what it is given."""

    algorithms = ALGORITHMS

    def generate(self, alg: str) -> KeyPair:
        """Make a key pair in memory."""
        key = _generated(alg)
        return KeyPair(key.as_dict(private=False), json.dumps(key.as_dict(private=True)).encode())

    def signature(self, key: SigningKey) -> Signature:
        """Return what signs with the unsealed key. Raises Misconfigured."""
        try:
            private = import_key(json.loads(key.private))
        except ValueError as error:
            message = "Signing key %(kid)s is in a PKCS#11 token: set GATEHOUSE_PKCS11_MODULE."
            raise Misconfigured(Text(message, {"kid": key.kid})) from error
        algorithm = JWSRegistry.algorithms[key.alg]
        return lambda message: algorithm.sign(message, private)

    def destroy(self, key: SigningKey) -> None:
        """Do nothing: the private part goes with its row."""


WRAPPED = Wrapped()


def _generated(alg: str) -> Key:
    if alg == "ES256":
        return ECKey.generate_key("P-256")
    if alg == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return RSAKey.generate_key(RSA_BITS)
