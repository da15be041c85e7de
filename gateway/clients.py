"""Registering clients and changing them, as an operator does it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from contracts.clock import Clock
from contracts.errors import BadRequest
from contracts.text import Text, as_it_is
from gateway import policy
from gateway.oidc.clients import ciba, consistency, fapi2, members, redirect_uris
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.registered import SECRET
from gateway.oidc.clients.registering import READERS, choices, read
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.supported import supported
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client, secret_digest

IDENTIFIER = re.compile(r"[A-Za-z0-9._~-]{1,64}")
SCOPE = "openid profile email offline_access"
GRANT_TYPES = ClientMetadata().grant_types

OPERATORS: Mapping[str, members.Reader] = {
    "profile": members.one_of({fapi2.PROFILE}),
    "resources": members.texts(20, 255),
    "token_status_list": members.flag,
    "voice_notes": members.flag,
    "authorization_details_types": members.texts(20, 64),
    "backchannel_token_delivery_mode": members.one_of(frozenset(ciba.MODES)),
    **dict.fromkeys(
        (
            "backchannel_client_notification_endpoint",
            "backchannel_logout_uri",
            "frontchannel_logout_uri",
        ),
        members.text(redirect_uris.LONGEST),  # http on localhost is the operator's to allow
    ),
}
"""What an operator alone may say of a client, or may say in more ways than others."""

COLUMNS = frozenset(
    {
        *("name", "redirect_uris", "audience", "scope", "require_acr", "consent"),
        *("token_alg", "access_token_seconds"),
    }
)
"""What is said of a client and is no member of RFC 7591, or one under a name of our own."""

DEFAULTS = {each.name: each.default for each in fields(ClientMetadata)}
BY_SECRET = frozenset({"", *SECRET})


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What an operator says of a client."""

    client_id: str
    access_token_seconds: int
    redirect_uris: Sequence[str] = ()
    name: str | None = None
    public: bool = False
    consent: bool = True
    require_acr: str = "mfa"
    audience: str | None = None
    scope: str = SCOPE
    token_alg: str = ALGORITHMS[0]
    native: bool = False
    dpop: bool = False
    post_logout_redirect_uris: Sequence[str] = ()
    backchannel_logout_uri: str = ""
    frontchannel_logout_uri: str = ""
    resources: Sequence[str] = ()
    authorization_details_types: Sequence[str] = ()
    grant_types: Sequence[str] = GRANT_TYPES
    ciba: str | None = None
    ciba_notification_endpoint: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else there is to say of it, in the words of RFC 7591."""

    @property
    def metadata(self) -> ClientMetadata:
        """Return what is said in the words of RFC 7591. Raises BadRequest."""
        return fapi2.switched_on(replace(self._own, **_read(self.said)))

    @property
    def _own(self) -> ClientMetadata:
        return ClientMetadata(
            application_type="native" if self.native else "web",
            dpop_bound_access_tokens=self.dpop,
            post_logout_redirect_uris=tuple(self.post_logout_redirect_uris),
            backchannel_logout_uri=self.backchannel_logout_uri,
            frontchannel_logout_uri=self.frontchannel_logout_uri,
            resources=tuple(self.resources),
            authorization_details_types=tuple(self.authorization_details_types),
            grant_types=tuple(self.grant_types),
            backchannel_token_delivery_mode=self.ciba or "",
            backchannel_client_notification_endpoint=self.ciba_notification_endpoint,
        )


def register(
    store: Store, clock: Clock, wanted: Registration, secret: str | None = None
) -> tuple[Client, str | None]:
    """Store a client; return it with its secret, made here unless given; None for a public one.

    Raises BadRequest for what RFC 9700 forbids, and Conflict.
    """
    metadata = wanted.metadata
    _check(wanted, metadata)
    by_secret = metadata.token_endpoint_auth_method in BY_SECRET and not wanted.public
    secret = secret or secrets.token_urlsafe(32) if by_secret else None
    client = _client(wanted, metadata, secret and secret_digest(secret), clock.now())
    _fit(client)
    with store.write() as tx:
        tx.clients.add(client)
        led = {"redirect_uris": list(client.redirect_uris), "resources": list(metadata.resources)}
        detail = {name: found for name, found in led.items() if found}
        tx.audit.add("client.added", client_id=client.id, detail=detail)
    return client, secret


def _client(
    wanted: Registration, metadata: ClientMetadata, secret_hash: str | None, now: datetime
) -> Client:
    return Client(
        id=wanted.client_id,
        name=wanted.name or wanted.client_id,
        secret_hash=secret_hash,
        redirect_uris=tuple(wanted.redirect_uris),
        audience=wanted.audience or wanted.client_id,
        scope=wanted.scope,
        require_acr=wanted.require_acr,
        consent=wanted.consent,
        token_alg=wanted.token_alg,
        access_token_seconds=wanted.access_token_seconds,
        created_at=now,
        metadata=metadata,
    )


def changed(client: Client, said: Mapping[str, Any]) -> Client:
    """Return a client with what is said of it anew; an empty value stands for the default.

    Raises BadRequest.
    """
    columns: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in said.items()
        if name in COLUMNS
    }
    rest = {name: value for name, value in said.items() if name not in COLUMNS}
    emptied = {name: DEFAULTS[name] for name in DEFAULTS.keys() & rest.keys() if not rest[name]}
    metadata = fapi2.switched_on(replace(client.metadata, **{**emptied, **_read(rest)}))
    kept = client.secret_hash if metadata.token_endpoint_auth_method in BY_SECRET else None
    made = replace(client, **columns, metadata=metadata, secret_hash=kept)
    if made.public and not client.public and not metadata.token_endpoint_auth_method:
        raise BadRequest(Text("token_endpoint_auth_method: say none of a client without a proof."))
    _fit(made)
    return made


def _read(said: Mapping[str, Any]) -> dict[str, Any]:
    """Read what an operator says; a member that is not known is a mistake of theirs."""
    readers = {**READERS, **choices(supported(ALGORITHMS, certificates=True)), **OPERATORS}
    known = readers.keys() & {field.name for field in fields(ClientMetadata)}
    for name in said.keys() - known:
        raise BadRequest(Text("%(name)s cannot be said here of a client.", {"name": name}))
    try:
        return read(said, readers)
    except InvalidClientMetadata as error:
        raise BadRequest(as_it_is(error.description)) from error


def _check(wanted: Registration, metadata: ClientMetadata) -> None:
    if not IDENTIFIER.fullmatch(wanted.client_id):
        raise BadRequest(Text("A client's id is up to 64 letters, digits and . _ ~ -"))
    if wanted.public and metadata.token_endpoint_auth_method not in {"", "none"}:
        raise BadRequest(Text("A public client has no way of client authentication."))


def _fit(client: Client) -> None:
    """Raise BadRequest for the first thing that a client cannot be."""
    for uri in client.redirect_uris:
        _check_redirect_uri(uri)
    if not policy.known(client.require_acr):
        raise BadRequest(Text("There is no acr %(acr)s.", {"acr": client.require_acr}))
    if client.token_alg not in ALGORITHMS:
        raise BadRequest(Text("Nothing is signed with %(alg)s here.", {"alg": client.token_alg}))
    if problem := ciba.unfit(client.metadata, public=client.public):
        raise BadRequest(problem)
    consistency.check(client)


def _check_redirect_uri(uri: str) -> None:
    if redirect_uris.kind(uri) is None:
        message = (
            "%(uri)s cannot be a redirect URI: https without a fragment, or http on localhost."
        )
        raise BadRequest(Text(message, {"uri": uri}))
