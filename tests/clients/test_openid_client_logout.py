"""openid-client logs a person out at the gateway (RP-Initiated Logout 1.0)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

OFFLINE = {"redirect_uri": NOWHERE, "scope": "openid offline_access"}


@pytest.fixture
def party(gateway: Gateway) -> Iterator[OpenidClient]:
    """A public client to which people come back once they are logged out."""
    client, _ = gateway.client(public=True, post_logout_redirect_uris=[NOWHERE])
    with running(issuer=gateway.issuer, id=client.id) as party:
        yield party


def test_a_logout_ends_the_session_and_its_tokens(party: OpenidClient, visitor: Visitor) -> None:
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    wanted = {"post_logout_redirect_uri": NOWHERE, "state": "done"}
    visitor.go(party.call("endSession", {**wanted, "id_token_hint": tokens["id_token"]}))
    assert visitor.arrived == f"{NOWHERE}?state=done"
    visitor.go(party.call("authorize", {**OFFLINE, "prompt": "none"}))
    with pytest.raises(Refused, match="login_required"):
        party.call("callback", visitor.arrived)
    with pytest.raises(Refused, match="invalid_grant"):
        party.call("refresh", tokens["refresh_token"])


def test_without_a_hint_the_person_is_asked(party: OpenidClient, visitor: Visitor) -> None:
    party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    visitor.go(party.call("endSession", {"post_logout_redirect_uri": NOWHERE}))
    assert visitor.person.username in visitor.page.text
    visitor.fill("/oauth/logout/confirm")
    assert visitor.arrived == NOWHERE
