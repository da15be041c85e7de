"""openid-client and what it is told: signed by every algorithm, encrypted, exchanged."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import ECKey

from gateway.exchanges import Exchange, allow
from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

OPENID = {"redirect_uri": NOWHERE, "scope": "openid profile"}
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def told(party: OpenidClient, visitor: Visitor) -> dict[str, Any]:
    """Log in; return what the ID token says, and UserInfo of the same person."""
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OPENID)))
    userinfo: dict[str, Any] = party.call(
        "userinfo", tokens["access_token"], tokens["claims"]["sub"]
    )
    return tokens["claims"] | userinfo


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256", "PS256"])
def test_what_is_said_is_signed(gateway: Gateway, visitor: Visitor, alg: str) -> None:
    said = {"id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg}
    client, secret = gateway.client(said=said)
    with running(issuer=gateway.issuer, id=client.id, secret=secret, metadata=said) as party:
        assert told(party, visitor)["preferred_username"] == visitor.person.username


def test_what_is_said_is_encrypted(gateway: Gateway, visitor: Visitor) -> None:
    key = ECKey.generate_key("P-256", {"alg": "ECDH-ES", "use": "enc"}, auto_kid=True)
    said = {
        "id_token_encrypted_response_alg": "ECDH-ES",
        "id_token_encrypted_response_enc": "A256GCM",
        "userinfo_signed_response_alg": "ES256",
        "userinfo_encrypted_response_alg": "ECDH-ES",
        "userinfo_encrypted_response_enc": "A256GCM",
    }
    keys = {"keys": [key.as_dict(private=False)]}
    client, _ = gateway.client(public=True, said={**said, "jwks": keys})
    given = {"metadata": said, "decrypting": key.as_dict(private=True)}
    with running(issuer=gateway.issuer, id=client.id, **given) as party:
        assert told(party, visitor)["preferred_username"] == visitor.person.username


def test_a_tool_exchanges_the_token_it_was_given(gateway: Gateway, visitor: Visitor) -> None:
    calendar, mail = "https://calendar.example/", "https://mail.example/"
    chatbot, _ = gateway.client(public=True, audience=calendar, scope="openid mail:send")
    tool, secret = gateway.client(audience=calendar, grant_types=[EXCHANGE])
    allowed = Exchange(actor=tool.id, client_id=chatbot.id, audience=[mail], scope="mail:send")
    allow(gateway.store, allowed)
    with running(issuer=gateway.issuer, id=chatbot.id) as party:
        asked = party.call("authorize", {**OPENID, "scope": "openid mail:send"})
        token = party.call("callback", visitor.log_in(asked))["access_token"]
    given = {"subject_token": token, "subject_token_type": ACCESS_TOKEN}
    with running(issuer=gateway.issuer, id=tool.id, secret=secret) as party:
        narrow = party.call("grant", EXCHANGE, {**given, "audience": mail})
        assert narrow["issued_token_type"] == ACCESS_TOKEN
        assert narrow["scope"] == "mail:send"
        with pytest.raises(Refused, match="invalid_target"):
            party.call("grant", EXCHANGE, {**given, "audience": calendar})
