"""Password: Argon2id, NFKC, a pepper, and rules that ask for length and no composition."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.factor import Factor, Workshop
from verifiers.password.breached import Breached, BreachedFile, BreachedRange
from verifiers.password.factor import Password
from verifiers.password.hashing import Hashing
from verifiers.password.rules import Rules
from verifiers.password.settings import PasswordSettings

ORDER = 10
SETTINGS = PasswordSettings


def build(workshop: Workshop) -> Factor | None:
    """Make the factor from the environment's settings."""
    settings = PasswordSettings.load()
    rules = Rules(settings, tuple(_breached(settings, workshop)))
    return Password(settings, Hashing(settings, workshop.pepper), rules, workshop.service)


def _breached(settings: PasswordSettings, workshop: Workshop) -> Iterator[Breached]:
    if settings.breached_file:
        yield BreachedFile(settings.breached_file)
    if settings.breached_url:
        yield BreachedRange(settings.breached_url, workshop.fetch)
