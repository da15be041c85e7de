"""Password: Argon2id, NFKC, a pepper, and rules that ask for length and no composition."""

from __future__ import annotations

from contracts.factor import Factor, Workshop
from verifiers.password.factor import Password
from verifiers.password.hashing import Hashing
from verifiers.password.settings import PasswordSettings

ORDER = 10
SETTINGS = PasswordSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    settings = PasswordSettings.load()
    return Password(settings, Hashing(settings, workshop.pepper), workshop.service)
