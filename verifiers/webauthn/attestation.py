"""What an authenticator's maker signs for: which statements are taken, and which are believed."""

from __future__ import annotations

import base64
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier
from webauthn.helpers import aaguid_to_string, validate_certificate_chain
from webauthn.helpers.exceptions import InvalidRegistrationResponse
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AttestationObject,
)

from verifiers.webauthn.metadata import MetadataFile, Model
from verifiers.webauthn.passkey import Passkey
from verifiers.webauthn.settings import WebauthnSettings

UNASKED = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})
"""What can come where no attestation was asked for: none, or the key's own signature (packed)."""

TAKEN = UNASKED | {
    AttestationFormat.TPM,
    AttestationFormat.ANDROID_KEY,
    AttestationFormat.APPLE,
    AttestationFormat.FIDO_U2F,
}
CERTIFICATES = 6
AAGUID = ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
UNIT = "Authenticator Attestation"
OCTET_STRING = b"\x04\x10"


class AttestationPolicy:
    """Decides by the settings and by what is known of models."""

    def __init__(self, settings: WebauthnSettings, metadata: MetadataFile) -> None:
        self._asked = AttestationConveyancePreference(settings.attestation)
        self._allowed = frozenset(str(aaguid) for aaguid in settings.aaguids)
        self._only = settings.attested_only
        self._metadata = metadata

    @property
    def conveyance(self) -> AttestationConveyancePreference:
        """What the browser is asked for."""
        return self._asked

    def admit(self, found: AttestationObject) -> bool:
        """Tell whether the statement's chain ends at a certificate that signs for its model.

        py_webauthn verifies the rest. Raises InvalidRegistrationResponse or InvalidCertificateChain
        for what is refused: not asked for, of another model, of a compromised model.
        """
        asked = self._asked is not AttestationConveyancePreference.NONE
        chain = found.att_stmt.x5c or []
        if found.fmt not in (TAKEN if asked else UNASKED) or (chain and not asked):
            raise InvalidRegistrationResponse("an attestation came that was not asked for")
        if len(chain) > CERTIFICATES:
            raise InvalidRegistrationResponse(f"an attestation with {len(chain)} certificates")
        aaguid = _aaguid(found)
        model = self._metadata.get().models.get(aaguid, Model(""))
        if model.compromised:
            raise InvalidRegistrationResponse(f"the model {aaguid} is reported as compromised")
        if not chain or not model.roots:
            return False
        _check_certificate(found, chain[0])
        # Not left to py_webauthn, which adds roots of its own that sign for other models.
        roots = [_pem(root) for root in model.roots]
        return validate_certificate_chain(x5c=chain, pem_root_certs_bytes=roots)

    def demand(self, passkey: Passkey) -> None:
        """Refuse a passkey of a model that is not allowed. Raises InvalidRegistrationResponse."""
        if self._only and not self.holds(passkey):
            raise InvalidRegistrationResponse(f"no verified attestation of {passkey.aaguid}")

    def holds(self, passkey: Passkey) -> bool:
        """Whether a verified attestation counts today: the model is allowed and still sound."""
        return passkey.attested and self._sound(passkey.aaguid)

    @property
    def reachable(self) -> bool:
        """Whether a new passkey could be attested at all."""
        asked = self._asked is not AttestationConveyancePreference.NONE
        return asked and any(map(self._sound, self._allowed))

    def name(self, aaguid: str) -> str:
        """Return what a model is called, empty where nobody said."""
        return self._metadata.get().name(aaguid)

    def _sound(self, aaguid: str) -> bool:
        model = self._metadata.get().models.get(aaguid)
        known = model is not None and bool(model.roots) and not model.compromised
        return known and aaguid in self._allowed


def _aaguid(found: AttestationObject) -> str:
    attested = found.auth_data.attested_credential_data
    return aaguid_to_string(attested.aaguid) if attested else ""


def _check_certificate(found: AttestationObject, der: bytes) -> None:
    """Check what signs for the key (8.2.1), which py_webauthn does for some formats alone."""
    certificate = x509.load_der_x509_certificate(der)
    _check_aaguid(certificate, _aaguid(found))
    if found.fmt == AttestationFormat.PACKED:
        _check_packed(certificate)


def _check_aaguid(certificate: x509.Certificate, aaguid: str) -> None:
    """Refuse a model that signs as another: makers use one root for many."""
    try:
        named = certificate.extensions.get_extension_for_oid(AAGUID)
    except x509.ExtensionNotFound:
        return
    raw = getattr(named.value, "value", b"").removeprefix(OCTET_STRING)
    if named.critical or len(raw) != 16 or aaguid_to_string(raw) != aaguid:
        raise InvalidRegistrationResponse("the attestation is signed for another model")


def _check_packed(certificate: x509.Certificate) -> None:
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    if certificate.version is not x509.Version.v3 or [unit.value for unit in units] != [UNIT]:
        raise InvalidRegistrationResponse("the certificate is not one of authenticators")
    if constraints.value.ca:
        raise InvalidRegistrationResponse("the attestation is signed by an authority's own key")


def _pem(root: str) -> bytes:
    return ssl.DER_cert_to_PEM_cert(base64.b64decode(root)).encode()
