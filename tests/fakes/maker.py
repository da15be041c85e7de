"""A maker of authenticators: signs for its models, and says so in a FIDO metadata statement."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

AAGUID_EXTENSION = ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
UNIT = "Authenticator Attestation"
HOST = "mds.fidoalliance.org"

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SIGNERS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
}


class Large(jws.JWSRegistry):
    """Allows for certificates in the header."""

    max_header_length = 65_536


@dataclass
class Authority:
    """A certificate authority with a key of its own."""

    name: str = "Maker Root"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def certificate(self) -> x509.Certificate:
        """The root itself."""
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = self._builder(_named(self.name), self.key)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        builder = builder.add_extension(usage, True).add_extension(identifier, False)
        return builder.sign(self.key, SHA256())

    @property
    def pem(self) -> bytes:
        """The root in PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def model(
        self, aaguid: UUID, *, unit: str = UNIT, ca: bool = False, named: UUID | None = None
    ) -> Batch:
        """Sign for a batch of a model; `named` is the model that the certificate names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named("Model One", (NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
        value = b"\x04\x10" + (named or aaguid).bytes
        builder = self._builder(subject, key)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
        builder = builder.add_extension(x509.UnrecognizedExtension(AAGUID_EXTENSION, value), False)
        return Batch(aaguid, key, builder.sign(self.key, SHA256()))

    def blob(self, payload: dict[str, Any], host: str = HOST, alg: str = "ES256") -> bytes:
        """Sign a blob of the FIDO Metadata Service as `host`."""
        key = SIGNERS[alg]()
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = self._builder(_named(host), key)
        for extension in (
            x509.SubjectAlternativeName([x509.DNSName(host)]),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
            authority,
        ):
            builder = builder.add_extension(extension, False)
        leaf = builder.sign(self.key, SHA256())
        header = {"alg": alg, "typ": "JWT", "x5c": [_base64(leaf)]}
        signer = RSAKey.import_key(key) if alg == "RS256" else ECKey.import_key(key)
        registry = Large(algorithms=[alg])
        payload_bytes = json.dumps(payload).encode()
        return jws.serialize_compact(header, payload_bytes, signer, registry=registry).encode()

    def _builder(self, subject: x509.Name, key: Key) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(_named(self.name))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1))
        return builder.not_valid_after(now + timedelta(days=30))


@dataclass(frozen=True)
class Batch:
    """What the authenticators of one batch share: model, attestation key, certificate."""

    aaguid: UUID
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def chain(self) -> list[bytes]:
        """The certificates of a statement, in DER."""
        return [self.certificate.public_bytes(Encoding.DER)]


def entry(
    aaguid: UUID, root: Authority, statuses: Sequence[str] = ("FIDO_CERTIFIED_L2",), name: str = ""
) -> dict[str, Any]:
    """Return the entry of a model in a blob."""
    return {
        "aaguid": str(aaguid),
        "metadataStatement": {
            "description": name or "Model One",
            "aaguid": str(aaguid),
            "attestationRootCertificates": [_base64(root.certificate)],
        },
        "statusReports": [{"status": status, "effectiveDate": "2026-01-01"} for status in statuses],
        "timeOfLastStatusChange": "2026-01-01",
    }


def _named(name: str, *more: tuple[ObjectIdentifier, str]) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "SE"), (NameOID.ORGANIZATION_NAME, "Maker")]
    parts += [*more, (NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _base64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
