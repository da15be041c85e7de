"""Clients at a gateway that demands its nonce in every DPoP proof (RFC 9449, section 8)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.clients.gateway import NOWHERE, Gateway, serving
from tests.clients.openid_client import running
from tests.clients.single_page_app import Open
from tests.clients.visitor import Visitor
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

OFFLINE = {"redirect_uri": NOWHERE, "scope": "openid profile offline_access"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that is stricter than it ships."""
    data = tmp_path_factory.mktemp("nonce") / "data"
    with serving(data, GATEHOUSE_DPOP_NONCE="required") as gateway:
        yield gateway


@pytest.mark.parametrize("way", ["authorize", "push"])
def test_the_client_heeds_it(gateway: Gateway, visitor: Visitor, way: str) -> None:
    client, _ = gateway.client(public=True)
    with running(issuer=gateway.issuer, id=client.id, dpop=True) as party:
        tokens = party.call("callback", visitor.log_in(party.call(way, OFFLINE)))
        told = party.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
        assert told["preferred_username"] == visitor.person.username
        again = party.call("refresh", tokens["refresh_token"])
        assert again["refresh_token"] != tokens["refresh_token"]


@pytest.mark.browser
def test_the_single_page_app_heeds_it(opened: Open) -> None:
    app = opened(scope="openid profile offline_access", bound=True)
    first = app.log_in()
    app.press("Who am I?")
    app.shows(app.person.username)
    app.press("Renew")
    assert app.known()["access_token"] != first["access_token"]


def test_a_client_without_a_key_hears_nothing_of_it(gateway: Gateway) -> None:
    client, secret = gateway.client(scope="openid reports:read")
    sent = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": secret}
    answer = httpx.post(f"{gateway.issuer}/oauth/token", data=sent, timeout=PATIENCE)
    assert answer.status_code == 200
    assert "DPoP-Nonce" not in answer.headers
