"""Mutual TLS (RFC 8705): a client proves itself by its certificate, and tokens are bound to one.

TLS ends at a proxy: it asks for the certificate, checks that the client holds its key and that its
chain ends at an authority the operator trusts, and hands it on in a header field (RFC 9440). The
bridge takes that field from a trusted proxy alone. What is checked here is whose certificate it is,
and its dates.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

from authlib.oauth2.rfc6749 import OAuth2Request
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from contracts.clock import Clock
from gateway.oidc.clients import secret
from gateway.oidc.clients.registered import QueryClient, RegisteredClient
from gateway.oidc.jws import encoded
from gateway.wsgi import CLIENT_CERTIFICATE
from store.client_metadata import ClientMetadata

METHOD = "tls_client_auth"
LONGEST = 16 * 1024
PEM = "-----BEGIN CERTIFICATE-----"
UNREADABLE = (
    *(ValueError, TypeError, x509.InvalidVersion),
    *(x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What reading a certificate raises that is none, or holds what nobody knows."""

MEMBERS = (
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
)
"""The members of which a client registers exactly one (section 2.1.2)."""

log = logging.getLogger("gatehouse.clients")


@dataclass(frozen=True)
class Certificate:
    """A client certificate whose possession the proxy has checked."""

    x509: x509.Certificate

    @cached_property
    def thumbprint(self) -> str:
        """Return `x5t#S256` (section 3.1)."""
        return encoded(self.x509.fingerprint(SHA256()))

    def in_force(self, clock: Clock) -> bool:
        """Tell whether now is within its dates."""
        return self.x509.not_valid_before_utc <= clock.now() <= self.x509.not_valid_after_utc

    def names(self, metadata: ClientMetadata) -> bool:
        """Tell whether it names its subject as the client registered it (section 2.1.2)."""
        try:
            return all(_names(self.x509, metadata)) and bool(registered(metadata))
        except (ValueError, x509.ExtensionNotFound):
            return False


def presented(environ: Mapping[str, Any]) -> Certificate | None:
    """Return the certificate that the trusted proxy handed on, None where it is none."""
    value = str(environ.get(CLIENT_CERTIFICATE, ""))
    if not value or len(value) > LONGEST:
        return None
    try:
        return Certificate(_whole(_read(value)))
    except UNREADABLE:
        return None


def registered(metadata: ClientMetadata) -> Sequence[str]:
    """Return the names of the members by which a certificate is known."""
    return [member for member in MEMBERS if getattr(metadata, member)]


@dataclass(frozen=True, slots=True)
class TLSClientAuth:
    """`tls_client_auth` (section 2.1): the client names itself, its certificate proves it."""

    clock: Clock

    def __call__(
        self, query_client: QueryClient, request: OAuth2Request
    ) -> RegisteredClient | None:
        """Return the client whose certificate this is."""
        client = query_client(request.form.get("client_id", ""))
        if client is None or client.record.auth_method != METHOD or secret.shown(request):
            return None
        why = self._refusal(request.certificate, client.record.metadata)
        if why:
            told = {"client_id": client.record.id, "why": why}
            log.info("client certificate refused", extra=told)
        return None if why else client

    def _refusal(self, certificate: Certificate | None, metadata: ClientMetadata) -> str:
        """Return why a certificate does not prove the client, for the operator's log alone."""
        if certificate is None:
            return "none came from a trusted proxy"
        if not certificate.in_force(self.clock):
            return "it is not in force"
        return "" if certificate.names(metadata) else "it does not have the registered name"


def _read(value: str) -> x509.Certificate:
    """Read a byte sequence of RFC 9440, section 2.1, or the URL-encoded PEM that nginx writes."""
    if value.startswith(":") and value.endswith(":") and len(value) > 2:
        return x509.load_der_x509_certificate(base64.b64decode(value[1:-1], validate=True))
    text = unquote(value)
    if text.count(PEM) != 1:
        raise ValueError("not one certificate")
    return x509.load_pem_x509_certificate(text.encode())


def _whole(certificate: x509.Certificate) -> x509.Certificate:
    """Decode every part that is looked at, so that none of them fails later."""
    _ = certificate.subject, certificate.extensions
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate


def _names(certificate: x509.Certificate, metadata: ClientMetadata) -> Iterator[bool]:
    """Yield whether each registered name is there; names are compared whole, never by wildcard."""
    if wanted := metadata.tls_client_auth_subject_dn:
        yield certificate.subject == x509.Name.from_rfc4514_string(wanted)
    if wanted := metadata.tls_client_auth_san_dns:
        names = _alternative(certificate).get_values_for_type(x509.DNSName)
        yield wanted.lower() in [name.lower() for name in names]
    if wanted := metadata.tls_client_auth_san_uri:
        yield wanted in _alternative(certificate).get_values_for_type(
            x509.UniformResourceIdentifier
        )
    if wanted := metadata.tls_client_auth_san_ip:
        addresses = _alternative(certificate).get_values_for_type(x509.IPAddress)
        yield ip_address(wanted) in addresses
    if wanted := metadata.tls_client_auth_san_email:
        yield wanted in _alternative(certificate).get_values_for_type(x509.RFC822Name)


def _alternative(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
