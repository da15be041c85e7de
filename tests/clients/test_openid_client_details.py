"""openid-client asks in detail: for one message, for one resource (RFC 9396, 9470, 8707)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

import pytest

from contracts.clock import SystemClock
from gateway.resources import Registration, register
from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

TOOLS = "https://tools.example/mcp"
OPENID = {"redirect_uri": NOWHERE, "scope": "openid"}
MESSAGE = "Transfer 500 € to Bob"


@pytest.fixture
def chatbot(gateway: Gateway) -> Iterator[OpenidClient]:
    """A chatbot that may have single messages confirmed."""
    client, secret = gateway.client(authorization_details_types=["message"])
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        yield party


def test_a_person_confirms_one_message(chatbot: OpenidClient, visitor: Visitor) -> None:
    known = chatbot.call("callback", visitor.log_in(chatbot.call("authorize", OPENID)))
    asked = {
        **OPENID,
        "id_token_hint": known["id_token"],
        "authorization_details": json.dumps([{"type": "message", "message": MESSAGE}]),
    }
    visitor.go(chatbot.call("push", asked))
    visitor.prove()
    assert MESSAGE in visitor.page.text
    visitor.allow()
    tokens = chatbot.call("callback", visitor.arrived)
    digest = urlsafe_b64encode(sha256(MESSAGE.encode()).digest()).rstrip(b"=").decode()
    assert [kept["message_hash"] for kept in tokens["authorization_details"]] == [digest]
    assert "refresh_token" not in tokens
    assert chatbot.call("introspect", tokens["access_token"])["active"] is True
    assert chatbot.call("introspect", tokens["access_token"]) == {"active": False}


def test_a_message_is_not_sent_through_the_browser(chatbot: OpenidClient, visitor: Visitor) -> None:
    details = json.dumps([{"type": "message", "message": MESSAGE}])
    visitor.go(chatbot.call("authorize", {**OPENID, "authorization_details": details}))
    with pytest.raises(Refused, match="invalid_authorization_details"):
        chatbot.call("callback", visitor.arrived)


def test_a_token_is_for_the_resource_that_was_named(gateway: Gateway, visitor: Visitor) -> None:
    register(gateway.store, SystemClock(), Registration(uri=TOOLS, scope="read"))
    client, secret = gateway.client(scope="openid read", resources=[TOOLS])
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        asked = {**OPENID, "scope": "openid read", "resource": TOOLS}
        tokens = party.call("callback", visitor.log_in(party.call("authorize", asked)))
        assert party.call("introspect", tokens["access_token"])["aud"] == TOOLS
        visitor.go(party.call("authorize", {**asked, "resource": "https://elsewhere.example/"}))
        with pytest.raises(Refused, match="invalid_target"):
            party.call("callback", visitor.arrived)
