"""openid-client with DPoP: tokens that are worth nothing without the client's key (RFC 9449)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

OFFLINE = {"redirect_uri": NOWHERE, "scope": "openid profile offline_access"}


@pytest.fixture
def party(gateway: Gateway) -> Iterator[OpenidClient]:
    """A public client with a key."""
    client, _ = gateway.client(public=True)
    with running(issuer=gateway.issuer, id=client.id, dpop=True) as party:
        yield party


@pytest.mark.parametrize("way", ["authorize", "push"])
def test_tokens_are_bound_and_used(party: OpenidClient, visitor: Visitor, way: str) -> None:
    tokens = party.call("callback", visitor.log_in(party.call(way, OFFLINE)))
    assert tokens["token_type"] == "dpop"
    told = party.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
    assert told["preferred_username"] == visitor.person.username
    again = party.call("refresh", tokens["refresh_token"])
    assert party.call("userinfo", again["access_token"], tokens["claims"]["sub"]) == told


def test_a_bound_token_is_no_bearer_token(
    gateway: Gateway, party: OpenidClient, visitor: Visitor
) -> None:
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = httpx.get(f"{gateway.issuer}/oauth/userinfo", headers=bearer, timeout=PATIENCE)
    assert answer.status_code == 401


def test_another_key_refreshes_nothing(
    gateway: Gateway, party: OpenidClient, visitor: Visitor
) -> None:
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    client_id = party.call("client")["client_id"]
    with (
        running(issuer=gateway.issuer, id=client_id, dpop=True) as thief,
        pytest.raises(Refused, match=r"invalid_grant|invalid_dpop_proof"),
    ):
        thief.call("refresh", tokens["refresh_token"])
