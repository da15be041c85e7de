"""Voiceprints and people whom nobody used for long, and what deletes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.abilities import Consent
from contracts.factor import Template
from contracts.text import Text
from gateway.notices import Notices
from gateway.opening import make_factors
from gateway.retention.deleting import Retention
from gateway.retention.opened import make_retention
from gateway.settings import Settings
from store import Store
from store.outbox import MESSAGE
from tests.enrollment.conftest import Loudness
from tests.fakes.clock import FakeClock

DAY = timedelta(days=1)
YEAR = 365 * DAY
Make = Callable[..., Retention]


class Ears(Loudness):
    """A voice factor with a name of its own."""

    consent = Consent(1, (Text("Heard."),))


@pytest.fixture
def factors(store: Store, clock: FakeClock, tmp_path: Path) -> dict[str, Any]:
    settings = Settings(env="test", data=tmp_path)
    return {**make_factors(settings, store, clock), "voice": Ears()}


@pytest.fixture
def make(store: Store, clock: FakeClock, tmp_path: Path, factors: dict[str, Any]) -> Make:
    def make(**settings: int) -> Retention:
        own = Settings(env="test", data=tmp_path, **settings)  # type: ignore[arg-type]
        notices = Notices(factors, lambda _, text: str(text), clock)
        return make_retention(store, clock, own, factors, notices)

    return make


def person(store: Store, name: str) -> str:
    """Add somebody with a password and a voice."""
    with store.write() as tx:
        account = tx.accounts.add(name, f"{name}@example.org")
        tx.biometric_consents.give(account.id, "voice", 1, "browser")
        for factor in ("password", "voice"):
            tx.credentials.add(account.id, factor, Template(b"secret", f"{factor}/1"))
    return account.id


def held(store: Store, account_id: str) -> set[str]:
    with store.read() as tx:
        return {each.factor for each in tx.credentials.list(account_id)}


def told(store: Store, clock: FakeClock) -> list[dict[str, str]]:
    with store.write() as tx:
        return [row.payload for row in tx.outbox.claim(clock.now(), DAY, MESSAGE)]
