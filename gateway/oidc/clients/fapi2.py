"""The client profile `fapi2`: all that FAPI 2.0 Security Profile asks, switched on in one place.

What holds for every client already is not repeated here: PKCE with S256 (5.3.2.2 no. 5), exact
redirect URIs, `iss` in answers (no. 7), codes that count once (no. 9), no 307 (no. 10), clocks
(5.3.2.1 no. 13). For the profile come: confidential clients alone (no. 4) that sign or show a
certificate (no. 6), pushed requests (5.3.2.2 no. 2), bound tokens (5.3.2.1 no. 5), codes of at most
60 seconds (no. 11), and only these algorithms (5.4.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from contracts.text import Text
from gateway.oidc.jws import ALGORITHMS, instant
from store.client_metadata import ClientMetadata
from store.clients import Client

PROFILE = "fapi2"
SIGNING = ("PS256", "ES256", "EdDSA", "Ed25519")
METHODS = ("private_key_jwt", "tls_client_auth")
CODE_LIFETIME = timedelta(seconds=60)
LONGEST_SIGNED = timedelta(hours=1)


def applies(client: Client) -> bool:
    """Tell whether a client is under the profile."""
    return client.metadata.profile == PROFILE


def algorithms(client: Client, registered: str = "") -> tuple[str, ...]:
    """Return what a client may sign with: what it registered for this, within its profile."""
    offered = SIGNING if applies(client) else ALGORITHMS
    return tuple(alg for alg in offered if registered in {"", alg})


def code_lifetime(client: Client, usual: timedelta) -> timedelta:
    """Return how long a code of this client lives (5.3.2.1, number 11)."""
    return min(usual, CODE_LIFETIME) if applies(client) else usual


def recent(claims: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a request object has `nbf`, and it is an hour at the most from there to now.

    The same hour is the most from there to `exp` (FAPI 2.0 Message Signing, 5.3.1).
    """
    begins, ends = instant(claims.get("nbf")), instant(claims.get("exp"))
    if begins is None or ends is None:
        return False
    return max(now.timestamp(), ends) - begins <= LONGEST_SIGNED.total_seconds()


def switched_on(metadata: ClientMetadata) -> ClientMetadata:
    """Return the metadata with what the profile demands and the client left unsaid."""
    if metadata.profile != PROFILE:
        return metadata
    return replace(
        metadata,
        token_endpoint_auth_method=metadata.token_endpoint_auth_method or METHODS[0],
        require_pushed_authorization_requests=True,
        dpop_bound_access_tokens=metadata.dpop_bound_access_tokens
        or not metadata.tls_client_certificate_bound_access_tokens,
    )


def contradictions(client: Client) -> Iterator[Text]:
    """Say what of a registration the profile does not allow."""
    metadata = client.metadata
    if client.auth_method not in METHODS:
        yield Text("The profile fapi2 needs private_key_jwt or tls_client_auth.")
    if not metadata.require_pushed_authorization_requests:
        yield Text("The profile fapi2 needs pushed authorization requests.")
    bound = metadata.tls_client_certificate_bound_access_tokens
    if not (bound or metadata.dpop_bound_access_tokens):
        yield Text("The profile fapi2 needs tokens bound to a key or a certificate.")
    signing = {client.token_alg, *_registered(metadata)} - {""}
    if not signing <= set(SIGNING):
        yield Text("The profile fapi2 signs with PS256, ES256 or EdDSA alone.")
    if any(urlsplit(uri).scheme != "https" for uri in client.redirect_uris):
        yield Text("The profile fapi2 needs https redirect URIs.")


def _registered(metadata: ClientMetadata) -> tuple[str, ...]:
    return (
        metadata.token_endpoint_auth_signing_alg,
        metadata.request_object_signing_alg,
        metadata.id_token_signed_response_alg,
        metadata.userinfo_signed_response_alg,
    )
