"""What a registration must not contradict, whoever makes it (RFC 7591, RFC 8705, FAPI 2.0)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from cryptography import x509

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc.clients import encryption, fapi2, logout_uris, rfc8705, subject
from gateway.oidc.clients.jwks import UnusableKeys, signs, usable
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.registered import METHODS
from store.client_metadata import ClientMetadata
from store.clients import Client


def check(client: Client) -> None:
    """Raise BadRequest for the first contradiction of what an operator says."""
    for text in contradictions(client):
        raise BadRequest(text)


def consistent(client: Client) -> Client:
    """Return a client that registers itself. Raises InvalidClientMetadata."""
    for text in contradictions(client):
        raise InvalidClientMetadata(str(text))
    return client


def contradictions(client: Client) -> Iterator[Text]:
    """Say what of a registration cannot be."""
    if client.auth_method not in METHODS:
        yield Text("%(name)s is no way of client authentication.", {"name": client.auth_method})
    yield from _keys(client)
    yield from _certificate(client)
    yield from encryption.contradictions(client)
    yield from subject.contradictions(client)
    yield from logout_uris.contradictions(client)
    if client.metadata.profile not in {"", fapi2.PROFILE}:
        yield Text("There is no profile %(name)s.", {"name": client.metadata.profile})
    if fapi2.applies(client):
        yield from fapi2.contradictions(client)


def _keys(client: Client) -> Iterator[Text]:
    metadata = client.metadata
    if metadata.jwks is not None and metadata.jwks_uri:
        yield Text("Give the keys of a client or the address of its keys, not both.")
    if _needs_keys(client) and metadata.jwks is None and not metadata.jwks_uri:
        yield Text("A client that signs needs its public keys: jwks or jwks_uri.")
    if metadata.jwks is None:
        return
    try:
        keys = usable(metadata.jwks)
    except UnusableKeys as error:
        yield Text("The keys of the client cannot be used: %(why)s.", {"why": str(error)})
        return
    if _needs_keys(client) and not any(map(signs, keys)):
        yield Text("None of the client's keys can sign with an algorithm that is taken here.")


def _needs_keys(client: Client) -> bool:
    required = client.metadata.require_signed_request_object
    return client.auth_method == "private_key_jwt" or required


def _certificate(client: Client) -> Iterator[Text]:
    """Exactly one name is looked for in a certificate (RFC 8705, section 2.1.2)."""
    named = rfc8705.registered(client.metadata)
    if len(named) != (client.auth_method == "tls_client_auth"):
        members = ", ".join(rfc8705.MEMBERS)
        yield Text("tls_client_auth needs exactly one of %(members)s.", {"members": members})
    elif not _readable(client.metadata):
        yield Text("%(name)s is not well formed.", {"name": named[0]})
    if client.public and client.metadata.tls_client_certificate_bound_access_tokens:
        yield Text("A client without authentication binds its tokens by DPoP.")


def _readable(metadata: ClientMetadata) -> bool:
    """Tell whether the name can be compared: a DN by RFC 4514, an IP address."""
    try:
        x509.Name.from_rfc4514_string(metadata.tls_client_auth_subject_dn)
        ip_address(metadata.tls_client_auth_san_ip or "::")
    except ValueError:
        return False
    return True
