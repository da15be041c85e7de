"""The two ceremonies of WebAuthn Level 3 (7.1 and 7.2), in front of py_webauthn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import DecodedRSAPublicKey
from webauthn.helpers.exceptions import InvalidRegistrationResponse, WebAuthnException
from webauthn.helpers.parse_attestation_object import parse_attestation_object
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    RegistrationCredential,
    UserVerificationRequirement,
)

from contracts.factor import Subject
from verifiers.webauthn import strict
from verifiers.webauthn.attestation import AttestationPolicy
from verifiers.webauthn.origins import origins, rp_id
from verifiers.webauthn.passkey import Passkey
from verifiers.webauthn.settings import WebauthnSettings

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
LONGEST_ID = 1023
"""Bytes of a credential id (7.1)."""

REFUSALS = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What py_webauthn raises on input that is wrong, and on input it did not expect."""


class RelyingParty:
    """Gatehouse as seen by authenticators."""

    def __init__(
        self, settings: WebauthnSettings, service: str, origin: str, attestation: AttestationPolicy
    ) -> None:
        """Raise Misconfigured where passkeys could not be used at `origin`."""
        self._settings = settings
        self._service = service
        self._origins = origins(settings, origin)
        self._attestation = attestation
        self.id = rp_id(settings, origin)

    def creation_options(
        self, challenge: bytes, subject: Subject, known: Sequence[Passkey]
    ) -> dict[str, Any]:
        """Return PublicKeyCredentialCreationOptionsJSON."""
        options = generate_registration_options(
            rp_id=self.id,
            rp_name=self._service,
            user_id=subject.id.encode(),
            user_name=subject.username,
            challenge=challenge,
            timeout=self._settings.timeout_seconds * 1000,
            attestation=self._attestation.conveyance,
            authenticator_selection=self._selection(),
            exclude_credentials=[passkey.descriptor for passkey in known],
            supported_pub_key_algs=ALGORITHMS,
        )
        return _json(options_to_json(options))

    def request_options(self, challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
        """Return PublicKeyCredentialRequestOptionsJSON; any passkey of ours where none is known."""
        options = generate_authentication_options(
            rp_id=self.id,
            challenge=challenge,
            timeout=self._settings.timeout_seconds * 1000,
            allow_credentials=[passkey.descriptor for passkey in known],
            user_verification=self._settings.user_verification,
        )
        return _json(options_to_json(options))

    def register(
        self, credential: RegistrationCredential, challenge: bytes, *, conditional: bool
    ) -> Passkey:
        """Verify a registration (7.1). Raises one of REFUSALS.

        A `conditional` one was made without a word to the person, who may be absent.
        """
        response = credential.response
        strict.client_data(response.client_data_json)
        strict.attestation_object(response.attestation_object)
        attested = self._attestation.admit(parse_attestation_object(response.attestation_object))
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=self.id,
            expected_origin=self._origins,
            require_user_presence=not conditional,
            require_user_verification=self._verifies_user and not conditional,
            supported_pub_key_algs=ALGORITHMS,
        )
        _check_id(made.credential_id)
        self._check_key(made.credential_public_key)
        passkey = Passkey.registered(made, response.transports or (), attested=attested)
        self._attestation.demand(passkey)
        return passkey

    def assertion(
        self, credential: AuthenticationCredential, challenge: bytes, passkey: Passkey
    ) -> VerifiedAuthentication:
        """Verify an assertion (7.2) but for the counter. Raises one of REFUSALS."""
        strict.client_data(credential.response.client_data_json)
        strict.authenticator_data(credential.response.authenticator_data)
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=self.id,
            expected_origin=self._origins,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            # A rollback hints at a clone only where the signature is right: judged afterwards.
            credential_current_sign_count=0,
            require_user_verification=self._verifies_user,
        )

    @property
    def _verifies_user(self) -> bool:
        return self._settings.user_verification is UserVerificationRequirement.REQUIRED

    def _selection(self) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=self._settings.resident_key,
            user_verification=self._settings.user_verification,
        )

    def _check_key(self, public_key: bytes) -> None:
        key = decode_credential_public_key(public_key)
        if isinstance(key, DecodedRSAPublicKey):
            bits = int.from_bytes(key.n, "big").bit_length()
            if bits < self._settings.min_rsa_bits:
                raise InvalidRegistrationResponse(f"the RSA key has {bits} bits only")


def _check_id(credential_id: bytes) -> None:
    if len(credential_id) > LONGEST_ID:
        raise InvalidRegistrationResponse(f"the credential id has {len(credential_id)} bytes")


def _json(options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(options)
    return found
