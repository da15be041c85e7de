"""The two public documents, and how long anyone may keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.oidc import jws
from gateway.oidc.authorize import rfc9101, rfc9126
from gateway.oidc.authorize.checks.prompt import PROMPTS
from gateway.oidc.authorize.response_modes import RESPONSE_MODES
from gateway.oidc.backchannel import endpoint as backchannel
from gateway.oidc.clients import metadata as clients
from gateway.oidc.clients.registered import CONFIDENTIAL, METHODS, OIDC_SCOPES, offered
from gateway.oidc.clients.subject import SUBJECT_TYPES
from gateway.oidc.device import endpoint as device
from gateway.oidc.dpop import proofs
from gateway.oidc.issued import nested, status_list
from gateway.oidc.logout import views as logout
from gateway.oidc.settings import ProviderSettings
from gateway.oidc.token.server import GRANTS
from web.pages import languages

DISCOVERY_PATH = "/.well-known/openid-configuration"
METADATA_PATH = "/.well-known/oauth-authorization-server"
JWKS_PATH = "/.well-known/jwks.json"

Feature = Callable[[str], Mapping[str, Any]]
FEATURES: tuple[Feature, ...] = (
    *(proofs.metadata, nested.metadata, rfc9126.metadata, rfc9101.metadata),
    *(device.metadata, backchannel.metadata, logout.metadata, status_list.metadata),
)
"""What each protocol says of itself, for the base of its addresses."""

AUTHENTICATED = {"token": METHODS, "revocation": METHODS, "introspection": CONFIDENTIAL}
"""The ways of client authentication at each endpoint."""

CLAIMS = (
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"),
    *("preferred_username", "email"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document as it goes over the wire."""

    body: bytes
    headers: Mapping[str, str]


def document(content: Mapping[str, Any], max_age: timedelta) -> Document:
    """Return a document with its entity tag and the age up to which caches may answer with it."""
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": f"public, max-age={int(max_age.total_seconds())}",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    }
    return Document(body, headers)


def discovery(settings: ProviderSettings) -> dict[str, Any]:
    """Return the provider's metadata (OpenID Connect Discovery 1.0, RFC 8414)."""
    base = settings.issuer.rstrip("/")
    return {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": jwks_uri(settings),
        **_supported(settings),
        **clients.metadata(base, settings.clients),
        **{name: value for feature in FEATURES for name, value in feature(base).items()},
        **({"acr_values_supported": settings.acr_values} if settings.acr_values else {}),
    }


def jwks_uri(settings: ProviderSettings) -> str:
    """Return where our keys are."""
    return settings.issuer.rstrip("/") + JWKS_PATH


def _supported(settings: ProviderSettings) -> dict[str, Any]:
    return {
        "scopes_supported": OIDC_SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": RESPONSE_MODES,
        "grant_types_supported": [grant.GRANT_TYPE for grant in GRANTS],
        "subject_types_supported": SUBJECT_TYPES,
        "id_token_signing_alg_values_supported": settings.algorithms,
        "userinfo_signing_alg_values_supported": settings.algorithms,
        "claims_supported": CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": PROMPTS,
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        "ui_locales_supported": languages(),
        "require_pushed_authorization_requests": settings.require_pushed,
        **_authentication(settings),
        **_certificates(settings),
    }


def _authentication(settings: ProviderSettings) -> dict[str, Any]:
    """Return how clients may prove themselves at each endpoint (RFC 8414, section 2)."""
    told: dict[str, Any] = {}
    for endpoint, methods in AUTHENTICATED.items():
        ways = offered(methods, settings.client_certificates)
        told[f"{endpoint}_endpoint_auth_methods_supported"] = ways
        told[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = jws.ALGORITHMS
    return told


def _certificates(settings: ProviderSettings) -> dict[str, Any]:
    """Return the promise of RFC 8705, section 3.3, where a proxy hands certificates on."""
    bound = {"tls_client_certificate_bound_access_tokens": True}
    return bound if settings.client_certificates else {}
