"""Recovery codes: look-up secrets on paper, each good for once, for when another way is lost."""

from __future__ import annotations

from contracts.factor import Factor, Workshop
from verifiers.recovery.factor import Recovery
from verifiers.recovery.hashing import Hashing
from verifiers.recovery.settings import RecoverySettings

ORDER = 90
SETTINGS = RecoverySettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    settings = RecoverySettings.load()
    return Recovery(settings, Hashing(settings, workshop.pepper))
