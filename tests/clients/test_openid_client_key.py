"""openid-client with a key of its own: client assertions, signed and pushed requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

OPENID = {"redirect_uri": NOWHERE, "scope": "openid offline_access"}


@contextmanager
def keyed(gateway: Gateway, *, dpop: bool = False, **more: Any) -> Iterator[OpenidClient]:
    """Run a client that proves itself by its key (RFC 7523)."""
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    keys = {"keys": [key.as_dict(private=False)]}
    said = {"token_endpoint_auth_method": "private_key_jwt", "jwks": keys} | more
    client, _ = gateway.client(said=said)
    jwk = key.as_dict(private=True)
    with running(issuer=gateway.issuer, id=client.id, jwk=jwk, dpop=dpop) as party:
        yield party


@pytest.fixture
def party(gateway: Gateway) -> Iterator[OpenidClient]:
    """A client with a key and bearer tokens."""
    with keyed(gateway) as party:
        yield party


@pytest.mark.parametrize("way", ["authorize", "push", "sign", "signAndPush"])
def test_a_person_logs_in(party: OpenidClient, visitor: Visitor, way: str) -> None:
    tokens = party.call("callback", visitor.log_in(party.call(way, OPENID)))
    assert tokens["claims"]["acr"] == "aal2"
    again = party.call("refresh", tokens["refresh_token"])
    assert party.call("introspect", again["access_token"])["active"] is True


def test_a_pushed_request_is_taken_once(party: OpenidClient, visitor: Visitor) -> None:
    url = party.call("push", OPENID)
    assert party.call("callback", visitor.log_in(url))["access_token"]
    assert visitor.http.get(url).status_code == 400


def test_a_pushed_request_is_judged_at_once(party: OpenidClient) -> None:
    with pytest.raises(Refused, match="invalid_request"):
        party.call("push", {**OPENID, "redirect_uri": "https://elsewhere.example/"})


def test_another_key_is_refused(gateway: Gateway, party: OpenidClient) -> None:
    client_id = party.call("client")["client_id"]
    key = ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True)
    with (
        running(issuer=gateway.issuer, id=client_id, jwk=key) as thief,
        pytest.raises(Refused, match="WWW_AUTHENTICATE_CHALLENGE"),
    ):
        thief.call("push", OPENID)


def test_fapi_2_takes_nothing_less(gateway: Gateway, visitor: Visitor) -> None:
    with keyed(gateway, profile="fapi2", dpop=True) as party:
        visitor.go(party.call("authorize", OPENID))
        with pytest.raises(Refused, match="invalid_request"):
            party.call("callback", visitor.arrived)
        tokens = party.call("callback", visitor.log_in(party.call("push", OPENID)))
        assert tokens["token_type"] == "dpop"
        again = party.call("refresh", tokens["refresh_token"])
        assert again.get("refresh_token", tokens["refresh_token"]) == tokens["refresh_token"]
    with keyed(gateway, profile="fapi2") as party:
        visitor.go(party.call("push", OPENID))
        visitor.allow()
        with pytest.raises(Refused, match="invalid_request"):
            party.call("callback", visitor.arrived)
