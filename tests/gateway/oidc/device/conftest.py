"""Clients that registered the device grant, and somebody with a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.device.terminal import GRANT_TYPE, Helper, Terminal
from tests.gateway.oidc.relying_party import RelyingParty

TYPES = (GRANT_TYPE, "refresh_token")


@pytest.fixture(autouse=True)
def speakers(store: Store, registered: Client) -> None:
    """`speaker` is public, `panel` confidential, `vault` asks for more than the person has."""
    speaker = replace(
        registered,
        id="speaker",
        name="Speaker",
        redirect_uris=(),
        metadata=ClientMetadata(grant_types=TYPES),
    )
    with store.write() as tx:
        tx.clients.add(replace(speaker, secret_hash=None))
        tx.clients.add(replace(speaker, id="panel"))
        tx.clients.add(replace(speaker, id="vault", require_acr="aal2"))


@pytest.fixture
def terminal(app: Flask) -> Terminal:
    return Terminal(RelyingParty(app.test_client(), "speaker", "", None))


@pytest.fixture
def panel(app: Flask) -> Terminal:
    return Terminal(RelyingParty(app.test_client(), "panel"))


@pytest.fixture
def vault(app: Flask) -> Terminal:
    return Terminal(RelyingParty(app.test_client(), "vault"))


@pytest.fixture
def person(app: Flask) -> Helper:
    return Helper(app.test_client())
