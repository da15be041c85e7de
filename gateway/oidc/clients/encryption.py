"""How what a client is told may be encrypted to it (OpenID Connect Registration 1.0, section 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.text import Text
from gateway.oidc.clients.jwks import encrypts, registered
from store.clients import Client

KEY_TYPES: Mapping[str, tuple[str, ...]] = {
    "RSA-OAEP-256": ("RSA",),
    **dict.fromkeys(("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"), ("EC", "OKP")),
}
ALGS = tuple(KEY_TYPES)
"""How the content key gets to the client. RSA1_5 is not here (RFC 8725, section 3.2)."""

ENCS = ("A128CBC-HS256", "A128GCM", "A256GCM")
"""The first is meant where a client registers no `enc`."""


def contradictions(client: Client) -> Iterator[Text]:
    """Say which encryption a client registered without a key that it could be made with."""
    said = client.metadata
    wanted = {said.id_token_encrypted_response_alg, said.userinfo_encrypted_response_alg} - {""}
    keys = registered(client)
    for alg in () if said.jwks_uri else sorted(wanted):
        if not any(encrypts(key, alg, KEY_TYPES[alg]) for key in keys):
            yield Text("No key of the client fits the encryption %(alg)s.", {"alg": alg})
