"""What a client registered of itself, in the names of RFC 7591, section 2, and its extensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from store.encoding import tupled


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """Each member is named as it is registered; an empty one was left out.

    `token_endpoint_auth_method` is empty where the secret tells: `client_secret_basic` with one,
    `none` without.
    """

    application_type: str = "web"
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token", "client_credentials")
    client_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    contacts: tuple[str, ...] = ()

    token_endpoint_auth_method: str = ""
    token_endpoint_auth_signing_alg: str = ""
    tls_client_auth_subject_dn: str = ""
    tls_client_auth_san_dns: str = ""
    tls_client_auth_san_uri: str = ""
    tls_client_auth_san_ip: str = ""
    tls_client_auth_san_email: str = ""
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""

    profile: str = ""
    require_pushed_authorization_requests: bool = False
    require_signed_request_object: bool = False
    request_object_signing_alg: str = ""
    dpop_bound_access_tokens: bool = False
    tls_client_certificate_bound_access_tokens: bool = False

    subject_type: str = "public"
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = ""
    id_token_encrypted_response_alg: str = ""
    id_token_encrypted_response_enc: str = ""
    userinfo_signed_response_alg: str = ""
    userinfo_encrypted_response_alg: str = ""
    userinfo_encrypted_response_enc: str = ""

    token_status_list: bool = False
    """Whether its access tokens say where a backend finds that they were revoked."""

    resources: tuple[str, ...] = ()
    authorization_details_types: tuple[str, ...] = ()
    token_exchange: tuple[dict[str, Any], ...] = ()
    """Whose tokens it may exchange: `client_id`, and the `audience` and `scope` it may get."""

    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool = False

    backchannel_token_delivery_mode: str = ""
    backchannel_client_notification_endpoint: str = ""

    voice_notes: bool = False
    """Whether people may answer in its chat, by voice messages that it hands on."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, without what is at its default."""
        return {name: value for name, value in asdict(self).items() if value != _DEFAULTS[name]}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON form, in which tuples have become lists."""
        return cls(**tupled(stored))


_DEFAULTS = {field.name: field.default for field in fields(ClientMetadata)}
