"""A passkey as it is stored: the credential record of WebAuthn Level 3, section 4."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential record; `credential_id` and `public_key` (COSE) are base64url."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    backup_eligible: bool
    backed_up: bool
    uv_initialized: bool = True
    attested: bool = False

    @classmethod
    def load(cls, template: bytes) -> Self:
        """Read a passkey back from a template."""
        stored = json.loads(template)
        return cls(**{**stored, "transports": tuple(stored["transports"])})

    @classmethod
    def registered(
        cls,
        made: VerifiedRegistration,
        transports: Sequence[AuthenticatorTransport],
        *,
        attested: bool,
    ) -> Self:
        """Return the record of a verified registration; `attested` by whom its model demands."""
        return cls(
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            transports=tuple(each.value for each in transports),
            aaguid=made.aaguid,
            backup_eligible=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            backed_up=made.credential_backed_up,
            uv_initialized=made.user_verified,
            attested=attested,
        )

    def dump(self) -> bytes:
        """Return the template of this passkey."""
        return json.dumps(asdict(self)).encode()

    def used(self, assertion: VerifiedAuthentication, *, named: bool) -> Self:
        """Return the record after a use (7.2, step 24).

        Where the key came without the person being verified, that begins to count once they had
        shown otherwise who they are: whoever found the device may have set its lock.
        """
        return replace(
            self,
            sign_count=assertion.new_sign_count,
            backed_up=assertion.credential_backed_up,
            uv_initialized=self.uv_initialized or (named and assertion.user_verified),
        )

    def rolled_back(self, sign_count: int) -> bool:
        """Tell whether the counter did not grow: perhaps a clone (6.1.1); zero is no counter."""
        return max(sign_count, self.sign_count) > 0 and sign_count <= self.sign_count

    @property
    def descriptor(self) -> PublicKeyCredentialDescriptor:
        """Return what the browser needs to find this passkey."""
        transports = [AuthenticatorTransport(each) for each in self.transports]
        return PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(self.credential_id), transports=transports
        )
