"""What every test of a factor needs: a workshop, a person, credentials as the store has them."""

from __future__ import annotations

import pytest

from contracts.abilities import Protecting
from contracts.factor import Enrolled, Factor, Subject, Template, Workshop
from tests.fakes.clock import FakeClock

ORIGIN = "https://login.example.org"
SEED = b"one seed for every subject here."


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests fast; what a hash costs in service is shipped and not tested by time."""
    for factor in ("PASSWORD", "RECOVERY"):
        monkeypatch.setenv(f"GATEHOUSE_{factor}_ARGON2_MEMORY_KIB", "64")
        monkeypatch.setenv(f"GATEHOUSE_{factor}_ARGON2_TIME_COST", "1")


@pytest.fixture
def workshop(clock: FakeClock) -> Workshop:
    return Workshop(clock, "Gatehouse", ORIGIN, b"pepper" * 6, infer=no_infer)


@pytest.fixture
def alice() -> Subject:
    return Subject("a1b2c3", "alice", "alice@example.org")


def no_infer(job: str, payload: bytes) -> bytes:
    raise AssertionError(f"the job {job} ran")


def kept(factor: Factor, template: Template) -> Template:
    """Return a template as the runner stores it."""
    return factor.protect(template, SEED) if isinstance(factor, Protecting) else template


def stored(template: Template, credential_id: str = "c1", version: int = 1) -> Enrolled:
    """Return the credential that the store makes of a template."""
    return Enrolled(credential_id, template.data, template.format, version, template.label, SEED)
