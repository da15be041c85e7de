"""The whole web application on each database, with people and chatbots in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from contracts.factor import Factor, Infer
from gateway.app import create_app
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.keys.rotation import make
from gateway.opening import known_factors
from gateway.settings import Settings
from store import Client, Store
from store.keys import SigningKey
from store.outbox import MESSAGE
from tests.fakes.clock import FakeClock
from tests.walks.person import REDIRECT, Chatbot, Person

PASSWORD = "correct horse battery staple"
SEED = pyotp.random_base32(32)


@dataclass
class House:
    """A running application and what tests need to look behind it."""

    app: Flask
    store: Store
    clock: FakeClock
    factors: Mapping[str, Factor]
    settings: Settings

    def person(self) -> Person:
        """Open a new browser."""
        return Person(self.app)

    def familiar(self, username: str) -> Person:
        """Open a browser that this person has logged in with before."""
        person = self.person()
        person.go("/account")
        browser = person.client.get_cookie("gatehouse_browser")
        with self.store.write() as tx:
            account = tx.accounts.find(username)
            assert browser
            assert account
            tx.known_browsers.remember(account.id, browser.value)
        return person

    def enrolled(self, username: str, **factors: str) -> str:
        """Add an account with factors adopted from these values; return its id."""
        with self.store.write() as tx:
            account = tx.accounts.add(username, f"{username}@example.org")
            for name, value in factors.items():
                template = self.factors[name].adopt(value)  # type: ignore[attr-defined]
                tx.credentials.add(account.id, name, template)
        return account.id

    def chatbot(self, client_id: str, *, acr: str = "mfa", consent: bool = False) -> Chatbot:
        """Register a public chatbot."""
        client = Client(
            id=client_id,
            name=client_id.title(),
            secret_hash=None,
            redirect_uris=(REDIRECT,),
            audience=client_id,
            scope="openid profile email offline_access",
            require_acr=acr,
            consent=consent,
            token_alg="ES256",
            access_token_seconds=300,
            created_at=self.clock.now(),
        )
        with self.store.write() as tx:
            tx.clients.add(client)
        return Chatbot(client_id)

    def totp(self) -> str:
        """Return the code of the authenticator app now."""
        return pyotp.TOTP(SEED).at(self.clock.now())

    def sent(self) -> list[dict[str, str]]:
        """Return the messages waiting to be sent, and take them."""
        with self.store.write() as tx:
            rows = tx.outbox.claim(self.clock.now(), self.settings.span("login"), MESSAGE)
            return [row.payload for row in rows]

    def code(self) -> str:
        """Return the six digits in the one message that waits."""
        [message] = self.sent()
        found = re.search(r"\b\d{6}\b", message["text"])
        assert found
        return found.group()


Build = Callable[..., House]


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of full cost would be most of the time of many a test."""
    for factor in ("RECOVERY", "PASSWORD"):
        monkeypatch.setenv(f"GATEHOUSE_{factor}_ARGON2_MEMORY_KIB", "64")
        monkeypatch.setenv(f"GATEHOUSE_{factor}_ARGON2_TIME_COST", "1")


@pytest.fixture(scope="session")
def signing_keys() -> list[SigningKey]:
    """Made once: an RSA key costs a twentieth of a second."""
    return [make(alg, signs_from=FakeClock().now()) for alg in ALGORITHMS]


@pytest.fixture
def build(store: Store, clock: FakeClock, tmp_path: Path, signing_keys: list[SigningKey]) -> Build:
    """Build the application with these settings, and factors in the place of others."""
    with store.write() as tx:
        for key in signing_keys:
            tx.keys.add(key)

    def made(
        *, factors: Mapping[str, Factor] | None = None, infer: Infer | None = None, **more: object
    ) -> House:
        settings = Settings(env="test", data=tmp_path, **more)  # type: ignore[arg-type]
        own = {**known_factors(settings, store, clock), **(factors or {})}
        app = create_app(settings, store=store, clock=clock, factors=own, infer=infer)
        return House(app, store, clock, own, settings)

    return made


@pytest.fixture
def house(build: Build) -> House:
    """The application as it ships."""
    return build()
