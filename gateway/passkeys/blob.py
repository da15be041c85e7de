"""The blob of the FIDO Metadata Service 3, verified offline (FIDO MDS 3.1, section 3.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import PublicKeyAlgorithmOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.errors import BadRequest
from contracts.text import Text
from verifiers.webauthn.metadata import Model

HOST = "mds.fidoalliance.org"
"""Whose certificate signs the blob; its authority signs for half of the web."""

ALGORITHMS = ("RS256", "ES256")
LARGEST = 64 * 1024 * 1024
CERTIFICATES = 8

FOREIGN = Text("The file is not signed by %(host)s under this root. Nothing was changed.")
DAMAGED = Text("The file is no metadata blob. Nothing was changed.")


class Registry(jws.JWSRegistry):
    """Allows for certificates in the header, and for all models in the payload."""

    max_header_length = 65_536
    max_payload_length = LARGEST


REGISTRY = Registry(algorithms=ALGORITHMS)


class Statement(BaseModel):
    """The members of a metadata statement that we use."""

    model_config = ConfigDict(frozen=True)

    description: str = ""
    roots: tuple[str, ...] = Field((), alias="attestationRootCertificates")


class Report(BaseModel):
    """A status report."""

    status: str


class Entry(BaseModel):
    """The entry of one model; those without AAGUID are of U2F and UAF."""

    aaguid: str = ""
    statement: Statement = Field(Statement(), alias="metadataStatement")
    reports: tuple[Report, ...] = Field((), alias="statusReports")

    def model(self) -> Model:
        """Return what is kept of it."""
        roots = tuple("".join(root.split()) for root in self.statement.roots)
        statuses = tuple(report.status for report in self.reports)
        return Model(self.statement.description, roots, statuses)


class Blob(BaseModel):
    """The payload."""

    number: int = Field(alias="no")
    next_update: date = Field(alias="nextUpdate")
    entries: tuple[Entry, ...]

    def models(self) -> Mapping[str, Model]:
        """Return the models of FIDO2 by their AAGUID."""
        return {entry.aaguid.lower(): entry.model() for entry in self.entries if entry.aaguid}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signature counts: a certificate for `host` under one of these roots."""

    roots: Sequence[x509.Certificate]
    host: str = HOST


def verify(data: bytes, trust: Trust, now: datetime) -> Blob:
    """Return the payload of a blob that is signed as it must be. Raises BadRequest."""
    try:
        found = jws.extract_compact(data.strip(), registry=REGISTRY)
        key = _key(_chain(found.headers()), trust, now)
        checked = jws.deserialize_compact(data.strip(), key, registry=REGISTRY)
    except (JoseError, VerificationError) as error:
        raise BadRequest(_foreign(trust), detail=repr(error)) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRequest(DAMAGED, detail=repr(error)) from None
    return _read(checked.payload)


def read_roots(pem: bytes) -> Sequence[x509.Certificate]:
    """Read the roots that an operator gives. Raises BadRequest."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadRequest(Text("The root is no certificate in PEM."), detail=str(error)) from None


def _chain(header: Mapping[str, Any]) -> Sequence[x509.Certificate]:
    """Return the certificates of the signer (RFC 7515, section 4.1.6). Raises ValueError."""
    found = header.get("x5c")
    if not isinstance(found, list) or not 0 < len(found) <= CERTIFICATES:
        raise ValueError("no certificates of the signer")
    pem = "\n".join(
        f"-----BEGIN CERTIFICATE-----\n{each}\n-----END CERTIFICATE-----" for each in found
    )
    return x509.load_pem_x509_certificates(pem.encode())


def _key(chain: Sequence[x509.Certificate], trust: Trust, now: datetime) -> ECKey | RSAKey:
    builder = PolicyBuilder().store(Store(list(trust.roots))).time(now)
    verifier = builder.build_server_verifier(x509.DNSName(trust.host))
    leaf = verifier.verify(chain[0], list(chain[1:]))[0]
    pem = leaf.public_bytes(Encoding.PEM)
    is_rsa = leaf.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSAES_PKCS1_v1_5
    return RSAKey.import_key(pem) if is_rsa else ECKey.import_key(pem)


def _read(payload: bytes) -> Blob:
    try:
        return Blob.model_validate(json.loads(payload))
    except (ValidationError, ValueError, RecursionError) as error:
        raise BadRequest(DAMAGED, detail=str(error)[:200]) from None


def _foreign(trust: Trust) -> Text:
    return Text(FOREIGN.message, {"host": trust.host})
