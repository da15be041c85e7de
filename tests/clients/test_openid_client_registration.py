"""openid-client registers itself (RFC 7591) and is at once a client like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

METADATA = {
    "client_name": "Stranger",
    "redirect_uris": [NOWHERE],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "client_secret_post",
}


@pytest.fixture
def stranger(gateway: Gateway) -> Iterator[OpenidClient]:
    """A client that nobody has registered."""
    with running(issuer=gateway.issuer) as party:
        yield party


def test_the_bearer_of_an_initial_access_token_registers(
    gateway: Gateway, stranger: OpenidClient, visitor: Visitor
) -> None:
    with gateway.store.write() as tx:
        token = tx.initial_access_tokens.issue(1, timedelta(days=1))
    assert stranger.call("register", METADATA, token)["client_name"] == "Stranger"
    asked = {"redirect_uri": NOWHERE, "scope": "openid profile offline_access"}
    visitor.go(stranger.call("authorize", asked))
    visitor.prove()
    assert "Stranger" in visitor.page.text
    visitor.allow()
    tokens = stranger.call("callback", visitor.arrived)
    assert stranger.call("refresh", tokens["refresh_token"])["claims"]["sub"]
    with pytest.raises(Refused, match="WWW_AUTHENTICATE_CHALLENGE"):
        stranger.call("register", METADATA, token)


def test_nobody_else_does(stranger: OpenidClient) -> None:
    with pytest.raises(Refused, match="WWW_AUTHENTICATE_CHALLENGE"):
        stranger.call("register", METADATA)
