"""A provider on a real store, one person in front of one browser, and clients of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, render_template

from contracts.assurance import Assurance
from contracts.clock import Clock
from contracts.errors import GatehouseError
from gateway import oidc
from store import Store
from store.accounts import Account
from store.client_metadata import ClientMetadata
from store.clients import Client, secret_digest
from store.keys import SigningKey
from tests.gateway.oidc.hostile import Hostile, certificate
from tests.gateway.oidc.prover import BOUND, Prover
from tests.gateway.oidc.relying_party import ISSUER, ORDER, REDIRECT, SECRET, RelyingParty, Visitor
from web import pages


@pytest.fixture
def settings() -> oidc.ProviderSettings:
    return oidc.ProviderSettings(
        issuer=ISSUER,
        code_lifetime=timedelta(seconds=60),
        id_token_lifetime=timedelta(seconds=300),
        refresh_idle=timedelta(hours=1),
        refresh_absolute=timedelta(hours=24),
        interaction_lifetime=timedelta(minutes=10),
        acr_values=ORDER,
    )


@pytest.fixture
def account(store: Store) -> Account:
    with store.write() as tx:
        return tx.accounts.add("ada", "ada@example.org")


@pytest.fixture
def visitor(account: Account, clock: Clock) -> Visitor:
    return Visitor(Assurance(account.id, "mfa", ("pwd", "otp", "mfa"), clock.now(), "s" * 32))


@pytest.fixture
def registered(store: Store, clock: Clock) -> Client:
    """A confidential chatbot; `quick` is its public sibling, `legacy` asks for RS256."""
    client = Client(
        id="bot",
        name="Bot",
        secret_hash=secret_digest(SECRET),
        redirect_uris=(REDIRECT, "https://bot.example/other?keep=1"),
        audience="https://api.bot.example",
        scope="openid profile email offline_access transfer",
        require_acr="aal1",
        consent=False,
        token_alg="ES256",
        access_token_seconds=300,
        created_at=clock.now(),
    )
    native = ("http://127.0.0.1/cb", "http://[::1]/cb?x=1", "com.example.bot:/cb")
    with store.write() as tx:
        tx.clients.add(client)
        quick = replace(client, id="quick", secret_hash=None, redirect_uris=native)
        tx.clients.add(replace(quick, metadata=ClientMetadata(application_type="native")))
        tx.clients.add(replace(client, id="legacy", token_alg="RS256", audience="legacy"))
        tx.clients.add(replace(client, id="asks", consent=True))
        tx.clients.add(replace(client, id="strict", require_acr="aal2"))
    return client


@pytest.fixture
def app(
    store: Store,
    clock: Clock,
    settings: oidc.ProviderSettings,
    visitor: Visitor,
    registered: Client,
    signing_keys: list[SigningKey],
) -> Flask:
    with store.write() as tx:
        for key in signing_keys:
            tx.keys.add(key)
    app = Flask("provider")
    pages.install(app, service_name="Gatehouse", csrf=lambda: "token")
    parts = oidc.provider(store=store, clock=clock, settings=settings, authentication=visitor)
    app.register_blueprint(oidc.blueprint(parts))
    app.register_error_handler(GatehouseError, _message)
    return app


def _message(error: GatehouseError) -> tuple[str, int]:
    page = render_template(
        "message.html", title=error.public, text=error.public, status=error.status, reference="r"
    )
    return page, error.status


@pytest.fixture
def rp(app: Flask) -> RelyingParty:
    return RelyingParty(app.test_client())


@pytest.fixture
def native(app: Flask) -> RelyingParty:
    return RelyingParty(app.test_client(), "quick", "http://127.0.0.1:51234/cb", None)


@pytest.fixture
def prover(clock: Clock) -> Prover:
    """The holder of a key."""
    return Prover(clock)


@pytest.fixture
def bound(app: Flask, store: Store, registered: Client) -> RelyingParty:
    """A confidential client whose tokens are always bound to its key."""
    with store.write() as tx:
        tx.clients.add(replace(registered, id="bound", metadata=BOUND))
    return RelyingParty(app.test_client(), "bound")


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a server on this machine, which is trusted where a test says so."""
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def hostile(proof: Path) -> Iterator[Hostile]:
    """A server that answers as a test tells it, by https."""
    with Hostile(proof).running() as server:
        yield server
