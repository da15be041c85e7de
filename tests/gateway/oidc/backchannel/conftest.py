"""Backends that registered CIBA, and somebody with a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.backchannel.backend import GRANT_TYPE, Backend, Phone
from tests.gateway.oidc.relying_party import RelyingParty

TYPES = (GRANT_TYPE, "authorization_code", "refresh_token")
NOTIFY = "https://shop.example/notify"


@pytest.fixture(autouse=True)
def backends(store: Store, registered: Client) -> None:
    """`bank` polls, `shop` is pinged, `half` forgot its mode, `open` is public."""
    said = ClientMetadata(grant_types=TYPES, backchannel_token_delivery_mode="poll")
    ping = replace(
        said,
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint=NOTIFY,
    )
    bank = replace(registered, id="bank", name="Bank", metadata=said)
    with store.write() as tx:
        tx.clients.add(bank)
        tx.clients.add(replace(bank, id="shop", name="Shop", metadata=ping))
        tx.clients.add(
            replace(bank, id="push", metadata=replace(said, backchannel_token_delivery_mode="push"))
        )
        tx.clients.add(replace(bank, id="half", metadata=ClientMetadata(grant_types=TYPES)))
        tx.clients.add(replace(bank, id="open", secret_hash=None))
        tx.clients.add(replace(bank, id="vault", require_acr="aal2"))


@pytest.fixture
def bank(app: Flask) -> Backend:
    return Backend(RelyingParty(app.test_client(), "bank"))


@pytest.fixture
def shop(app: Flask) -> Backend:
    return Backend(RelyingParty(app.test_client(), "shop"))


@pytest.fixture
def vault(app: Flask) -> Backend:
    return Backend(RelyingParty(app.test_client(), "vault"))


@pytest.fixture
def phone(app: Flask) -> Phone:
    """A browser that requests reach."""
    phone = Phone(app.test_client())
    phone.switch_on()
    return phone
