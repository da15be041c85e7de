"""What is told to a client as a JWT: signed, and encrypted where it registered that.

ID tokens and UserInfo responses become nested JWTs (RFC 7519, section 11.2): a signature inside, a
JWE around it, as OpenID Connect Core 1.0, section 16.14 wants them in that order.
"""

from __future__ import annotations

import json
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Error
from joserfc.jwe import encrypt_compact

from gateway.oidc.clients.encryption import ALGS, ENCS, KEY_TYPES
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.keys.ring import KeyRing
from store.clients import Client


class NoEncryptionKey(OAuth2Error):
    """The client wants what it is told encrypted, and none of its keys fits: nothing is told."""

    error = "invalid_client_metadata"
    description = "No key of the client fits the encryption that it registered."


class Envelopes:
    """Signs, then encrypts."""

    def __init__(self, keys: KeyRing, client_keys: ClientKeys) -> None:
        self._keys = keys
        self._client_keys = client_keys

    def id_token(self, client: Client, claims: dict[str, Any]) -> str:
        """Return an ID token in the form that the client registered. Raises NoEncryptionKey."""
        said = client.metadata
        signed = self._keys.signer(id_token_alg(client)).sign("JWT", claims)
        alg, enc = said.id_token_encrypted_response_alg, said.id_token_encrypted_response_enc
        return self._encrypted(client, signed, alg, enc, cty="JWT") if alg else signed

    def userinfo(self, client: Client, claims: dict[str, Any]) -> str | None:
        """Return a UserInfo response as a JWT, None for a client that takes JSON (section 5.3.2).

        One that registered encryption alone gets the claims encrypted without a signature.
        """
        said = client.metadata
        alg, enc = said.userinfo_encrypted_response_alg, said.userinfo_encrypted_response_enc
        if said.userinfo_signed_response_alg:
            signed = self._keys.signer(said.userinfo_signed_response_alg).sign("JWT", claims)
            return self._encrypted(client, signed, alg, enc, cty="JWT") if alg else signed
        return self._encrypted(client, json.dumps(claims), alg, enc) if alg else None

    def _encrypted(self, client: Client, text: str, alg: str, enc: str, **header: str) -> str:
        key = self._client_keys.encrypting(client, alg, KEY_TYPES[alg])
        if key is None:
            raise NoEncryptionKey()
        enc = enc or ENCS[0]
        named = {"kid": key.kid} if key.kid else {}
        return encrypt_compact({"alg": alg, "enc": enc, **named, **header}, text, key, [alg, enc])


def id_token_alg(client: Client) -> str:
    """Return the algorithm that a client's ID tokens are signed with."""
    return client.metadata.id_token_signed_response_alg or client.token_alg


def metadata(base: str) -> dict[str, Any]:  # noqa: ARG001 - a feature's signature
    """Return what discovery says (OpenID Connect Discovery 1.0, section 3)."""
    return {
        "id_token_encryption_alg_values_supported": ALGS,
        "id_token_encryption_enc_values_supported": ENCS,
        "userinfo_encryption_alg_values_supported": ALGS,
        "userinfo_encryption_enc_values_supported": ENCS,
    }
