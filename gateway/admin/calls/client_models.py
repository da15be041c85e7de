"""What operators say of a client, and are told of it: the words of RFC 7591 wherever it has any."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from gateway.admin.operation import Model, Paged, RowVersion

Uri = Annotated[str, Field(max_length=2048)]
Word = Annotated[str, Field(max_length=255)]
Id = Annotated[
    str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$", description="Id of the client")
]


class Members(Model):
    """A member that is left out, or null, stays as it is; an empty one goes to its default."""

    name: str | None = Field(None, min_length=1, max_length=128, description="Name people see")
    redirect_uris: list[Uri] | None = Field(
        None, max_length=20, description="Where people come back to: https, or http on localhost"
    )
    require_acr: str | None = Field(
        None, max_length=64, description="Least assurance it accepts, such as mfa, aal2 or phr"
    )
    consent: bool | None = Field(None, description="Whether people are asked for their consent")
    audience: str | None = Field(
        None, min_length=1, max_length=255, description="`aud` of its access tokens"
    )
    scope: str | None = Field(
        None,
        max_length=255,
        pattern=r"^[!#-\[\]-~]*( [!#-\[\]-~]+)*$",
        description="What it may ask for",
    )
    token_alg: str | None = Field(None, max_length=16, description="What its tokens are signed by")
    access_token_seconds: int | None = Field(
        None, ge=1, le=86_400, description="Life of its access tokens"
    )
    application_type: str | None = Field(
        None, max_length=16, description="web, or native: on the person's own device"
    )
    grant_types: list[Word] | None = Field(None, max_length=20, description="How it gets tokens")
    client_uri: Uri | None = Field(None, description="Its page")
    policy_uri: Uri | None = Field(None, description="What it says of people's data")
    tos_uri: Uri | None = Field(None, description="Its terms")
    contacts: list[Word] | None = Field(None, max_length=10, description="Who answers for it")
    token_endpoint_auth_method: str | None = Field(
        None, max_length=64, description="How it proves itself; empty: by a secret"
    )
    token_endpoint_auth_signing_alg: str | None = Field(
        None, max_length=16, description="What it signs its proofs with"
    )
    tls_client_auth_subject_dn: Word | None = Field(None, description="Subject of its certificate")
    tls_client_auth_san_dns: Word | None = Field(None, description="DNS name in its certificate")
    tls_client_auth_san_uri: Word | None = Field(None, description="URI in its certificate")
    tls_client_auth_san_ip: Word | None = Field(None, description="IP address in its certificate")
    tls_client_auth_san_email: Word | None = Field(None, description="E-mail in its certificate")
    jwks: dict[str, Any] | None = Field(None, description="Its public keys, a JWK Set")
    jwks_uri: Uri | None = Field(None, description="Address of its public keys")
    profile: str | None = Field(None, max_length=16, description="fapi2, or empty")
    require_pushed_authorization_requests: bool | None = Field(
        None, description="Take its requests by PAR alone (RFC 9126)"
    )
    require_signed_request_object: bool | None = Field(
        None, description="Take its requests signed alone (RFC 9101)"
    )
    request_object_signing_alg: str | None = Field(
        None, max_length=16, description="What it signs its requests with"
    )
    dpop_bound_access_tokens: bool | None = Field(
        None, description="Bind its tokens to a key of its own (RFC 9449)"
    )
    tls_client_certificate_bound_access_tokens: bool | None = Field(
        None, description="Bind its tokens to its certificate (RFC 8705)"
    )
    subject_type: str | None = Field(
        None, max_length=16, description="public, or pairwise: a `sub` for it alone"
    )
    sector_identifier_uri: Uri | None = Field(None, description="With whom it shares a `sub`")
    id_token_signed_response_alg: str | None = Field(
        None, max_length=16, description="What its ID tokens are signed by"
    )
    id_token_encrypted_response_alg: str | None = Field(
        None, max_length=32, description="How the key of an encrypted ID token gets to it"
    )
    id_token_encrypted_response_enc: str | None = Field(
        None, max_length=32, description="How its ID tokens are encrypted"
    )
    userinfo_signed_response_alg: str | None = Field(
        None, max_length=16, description="What UserInfo is signed by for it"
    )
    userinfo_encrypted_response_alg: str | None = Field(
        None, max_length=32, description="How the key of encrypted UserInfo gets to it"
    )
    userinfo_encrypted_response_enc: str | None = Field(
        None, max_length=32, description="How UserInfo is encrypted for it"
    )
    token_status_list: bool | None = Field(
        None, description="Its tokens name a status list, for backends that check offline"
    )
    voice_notes: bool | None = Field(
        None, description="People may answer in its chat, by voice messages that it hands on"
    )
    resources: list[Word] | None = Field(
        None, max_length=20, description="Resources it may ask for tokens for (RFC 8707)"
    )
    authorization_details_types: list[Word] | None = Field(
        None, max_length=20, description="Types of authorization details it may ask for (RFC 9396)"
    )
    post_logout_redirect_uris: list[Uri] | None = Field(
        None, max_length=20, description="Where people may go once they are logged out"
    )
    backchannel_logout_uri: Uri | None = Field(
        None, description="Is told by us of the end of a session"
    )
    backchannel_logout_session_required: bool | None = Field(
        None, description="It is told which session has ended"
    )
    frontchannel_logout_uri: Uri | None = Field(None, description="Is shown in a frame at a logout")
    frontchannel_logout_session_required: bool | None = Field(
        None, description="The frame is told which session has ended"
    )
    backchannel_token_delivery_mode: str | None = Field(
        None, max_length=16, description="How it hears of an answer (CIBA): poll or ping"
    )
    backchannel_client_notification_endpoint: Uri | None = Field(
        None, description="Where it is pinged (CIBA)"
    )

    @property
    def said(self) -> dict[str, Any]:
        """Return the members that something is said of, by their names."""
        named = {name: getattr(self, name) for name in Members.model_fields}
        return {name: value for name, value in named.items() if value is not None}


class Exchange(Model):
    """Whose tokens a client may exchange, for what (RFC 8693)."""

    client_id: str
    audience: list[str]
    scope: str


class Shown(Members):
    """A client as it is registered; `source` says by whom, and nothing of it is a secret."""

    client_id: str
    source: str
    public: bool
    token_exchange: list[Exchange]
    created_at: datetime
    version: int


class Search(Paged):
    """Which clients."""

    words: str = Field("", max_length=128, pattern=r"^[^\x00]*$", description="In its id or name")
    source: Literal["operator", "dynamic", "document"] | None = Field(
        None, description="Who registered it: an operator, itself, or the document at its id"
    )


class Which(Model):
    """One client."""

    client_id: Id


class Found(Model):
    """Some clients; `next` begins the next page, empty where there is none."""

    clients: list[Shown]
    next: str


class Add(Members):
    """A new client; what is left out is at its default."""

    client_id: str = Field(
        pattern=r"^[A-Za-z0-9._~-]{1,64}$", description="Up to 64 letters, digits and . _ ~ -"
    )
    public: bool = Field(False, description="No secret: a program on the person's own device")


class Added(Shown):
    """The new client; its secret is told once and never again."""

    client_secret: str | None


class Change(Members):
    """What is to be changed of a client, and the version that was looked at."""

    client_id: Id
    version: RowVersion = Field(ge=1, description="`version` of the client that was looked at")


class Rotated(Model):
    """The new secret is told once and never again; the one before it proves nothing any more."""

    client_id: str
    client_secret: str


class Pair(Model):
    """Whose tokens a client would exchange."""

    client_id: Id
    of: Id = Field(description="Client that the tokens were issued to")


class Allow(Pair):
    """What a client may exchange them for."""

    audience: list[str] = Field(min_length=1, max_length=20, description="Resources")
    scope: str = Field("", max_length=255, description="What of the tokens' scope it may get")


class Token(Model):
    """How often a token registers, and for how long."""

    uses: int = Field(1, ge=1, le=10_000, description="How many clients it registers")
    days: int = Field(7, ge=1, le=365, description="How long it can be used")


class Issued(Token):
    """The token is told once and never again."""

    initial_access_token: str
