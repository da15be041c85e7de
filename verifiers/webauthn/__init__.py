"""Passkeys: fingerprint or face on the person's own device (WebAuthn Level 3)."""

from __future__ import annotations

from datetime import timedelta

from contracts.factor import Factor, Workshop
from verifiers.webauthn.attestation import AttestationPolicy
from verifiers.webauthn.ceremony import RelyingParty
from verifiers.webauthn.factor import Webauthn
from verifiers.webauthn.metadata import MetadataFile
from verifiers.webauthn.settings import WebauthnSettings

ORDER = 20
SETTINGS = WebauthnSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    settings = WebauthnSettings.load()
    attestation = AttestationPolicy(settings, MetadataFile(settings.metadata))
    relying_party = RelyingParty(settings, workshop.service, workshop.origin, attestation)
    lifetime = timedelta(seconds=settings.timeout_seconds)
    return Webauthn(relying_party, attestation, lifetime, workshop.pepper)
