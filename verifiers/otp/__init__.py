"""One-time codes, sent to an e-mail address or a phone."""

from __future__ import annotations

from contracts.factor import Factor, Workshop
from verifiers.otp.codes import Codes
from verifiers.otp.factor import Otp
from verifiers.otp.settings import OtpSettings

ORDER = 40
SETTINGS = OtpSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    settings = OtpSettings.load()
    return Otp(settings, Codes(settings, workshop.clock, workshop.pepper), workshop.service)
