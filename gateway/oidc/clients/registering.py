"""What a client may say of itself (RFC 7591, section 2; OpenID Connect Registration, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from gateway.oidc.clients import members, redirect_uris, rfc8705
from gateway.oidc.clients.members import InvalidClientMetadata, InvalidRedirectUri
from gateway.oidc.jws import ALGORITHMS
from store.client_metadata import ClientMetadata

DEFAULTS: Mapping[str, Any] = {
    "grant_types": ("authorization_code",),
    "response_types": ("code",),
    "token_endpoint_auth_method": "client_secret_basic",
    "id_token_signed_response_alg": "RS256",
}
NATIVE, WEB = "native", "web"

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported:
    """What this provider can do for a client."""

    grant_types: frozenset[str]
    auth_methods: frozenset[str]
    algorithms: frozenset[str]
    encryption_algs: frozenset[str] = frozenset()
    encryption_encs: frozenset[str] = frozenset()
    subject_types: frozenset[str] = frozenset({"public"})


@dataclass(frozen=True, slots=True)
class Described:
    """What a client said of itself, checked."""

    name: str
    redirect_uris: tuple[str, ...]
    scope: str
    token_alg: str
    metadata: ClientMetadata


def described(sent: Mapping[str, Any], supported: Supported) -> Described:
    """Check what a client says of itself; what is not known here is ignored (RFC 7591, section 2).

    Raises InvalidClientMetadata and InvalidRedirectUri.
    """
    said = {**DEFAULTS, **read(sent, {**READERS, **choices(supported)})}
    said.setdefault("application_type", _application_type(said))
    for check in CHECKS:
        check(said)
    kept = {field.name for field in fields(ClientMetadata)} & said.keys()
    return Described(
        name=said.get("client_name", ""),
        redirect_uris=said.get("redirect_uris", ()),
        scope=said.get("scope", ""),
        token_alg=said["id_token_signed_response_alg"],
        metadata=ClientMetadata(**{name: said[name] for name in kept}),
    )


def read(sent: Mapping[str, Any], readers: Mapping[str, members.Reader]) -> dict[str, Any]:
    """Read every member that is known; null and the empty string count as left out.

    Raises InvalidClientMetadata.
    """
    return {
        name: read(name, sent[name])
        for name, read in readers.items()
        if sent.get(name) not in (None, "")
    }


READERS: Mapping[str, members.Reader] = {
    "client_name": members.text(128),
    "redirect_uris": members.texts(20, redirect_uris.LONGEST),
    "response_types": members.some_of({"code"}),
    "scope": members.scope,
    "application_type": members.one_of({WEB, NATIVE}),
    "client_uri": members.page,
    "policy_uri": members.page,
    "tos_uri": members.page,
    "contacts": members.texts(10, 320),
    "jwks": members.key_set,
    "jwks_uri": members.endpoint,
    "token_endpoint_auth_signing_alg": members.one_of(ALGORITHMS),
    "request_object_signing_alg": members.one_of(ALGORITHMS),
    "sector_identifier_uri": members.endpoint,
    "require_pushed_authorization_requests": members.flag,
    "require_signed_request_object": members.flag,
    "dpop_bound_access_tokens": members.flag,
    "tls_client_certificate_bound_access_tokens": members.flag,
    "post_logout_redirect_uris": members.texts(20, redirect_uris.LONGEST),
    "backchannel_logout_uri": members.endpoint,
    "backchannel_logout_session_required": members.flag,
    "frontchannel_logout_uri": members.endpoint,
    "frontchannel_logout_session_required": members.flag,
    **dict.fromkeys(rfc8705.MEMBERS, members.text(255)),
}


def choices(supported: Supported) -> Mapping[str, members.Reader]:
    """Return the readers of what depends on what is supported."""
    signing = members.one_of(supported.algorithms)
    encryption_alg = members.one_of(supported.encryption_algs)
    encryption_enc = members.one_of(supported.encryption_encs)
    return {
        "grant_types": members.some_of(supported.grant_types),
        "token_endpoint_auth_method": members.one_of(supported.auth_methods),
        "subject_type": members.one_of(supported.subject_types),
        "id_token_signed_response_alg": signing,
        "userinfo_signed_response_alg": signing,
        "id_token_encrypted_response_alg": encryption_alg,
        "userinfo_encrypted_response_alg": encryption_alg,
        "id_token_encrypted_response_enc": encryption_enc,
        "userinfo_encrypted_response_enc": encryption_enc,
    }


def _application_type(said: Mapping[str, Any]) -> str:
    """Take a client that says nothing for what its redirect URIs are those of."""
    kinds = {redirect_uris.kind(uri) for uri in said.get("redirect_uris", ())}
    return WEB if kinds <= {redirect_uris.WEB} else NATIVE


def _redirect_uris(said: Mapping[str, Any]) -> None:
    """A web application is on the web; it cannot be on somebody's machine as well."""
    uris = said.get("redirect_uris", ())
    if "authorization_code" in said["grant_types"] and not uris:
        raise InvalidRedirectUri("redirect_uris is required.")
    kinds = {redirect_uris.kind(uri) for uri in (*uris, *said.get("post_logout_redirect_uris", ()))}
    if None in kinds:
        raise InvalidRedirectUri(
            "A redirect URI is https without a fragment, http on localhost for a native "
            "application, or a scheme in reverse domain name form."
        )
    if said["application_type"] == WEB and not kinds <= {redirect_uris.WEB}:
        raise InvalidRedirectUri("A web application's redirect URIs are https.")


_ENCRYPTED = ("id_token_encrypted_response_alg", "userinfo_encrypted_response_alg")


def _encryption(said: Mapping[str, Any]) -> None:
    """An `enc` without an `alg` says nothing (OpenID Connect Registration, section 2)."""
    for alg in _ENCRYPTED:
        if alg not in said and alg.removesuffix("alg") + "enc" in said:
            raise InvalidClientMetadata(f"{alg} is missing.")


def _grants(said: Mapping[str, Any]) -> None:
    """Whoever proves nothing cannot act for itself (RFC 6749, section 4.4)."""
    method = said["token_endpoint_auth_method"]
    if not said["grant_types"]:
        raise InvalidClientMetadata("grant_types names at least one.")
    if method == "none" and "client_credentials" in said["grant_types"]:
        raise InvalidClientMetadata("client_credentials is for clients that authenticate.")
    if ("authorization_code" in said["grant_types"]) != ("code" in said["response_types"]):
        raise InvalidClientMetadata("The response type code goes with authorization_code.")


CHECKS: tuple[Callable[[Mapping[str, Any]], None], ...] = (
    _redirect_uris,
    _encryption,
    _grants,
)
