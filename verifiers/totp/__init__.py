"""Authenticator app: RFC 6238 codes, each step accepted once."""

from __future__ import annotations

from contracts.factor import Factor, Workshop
from verifiers.totp.factor import Totp
from verifiers.totp.settings import TotpSettings

ORDER = 30
SETTINGS = TotpSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    return Totp(TotpSettings.load(), workshop.clock, workshop.service)
