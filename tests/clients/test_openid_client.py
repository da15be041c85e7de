"""npm's openid-client: a certified relying party that checks every answer it gets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.openid_client import OpenidClient, Refused, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

OFFLINE = {"redirect_uri": NOWHERE, "scope": "openid profile offline_access"}


@pytest.fixture(params=["confidential", "public"])
def party(gateway: Gateway, request: pytest.FixtureRequest) -> Iterator[OpenidClient]:
    """A client with a secret, and one without."""
    client, secret = gateway.client(public=request.param == "public")
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        yield party


@pytest.fixture
def confidential(gateway: Gateway) -> Iterator[OpenidClient]:
    """A client with a secret."""
    client, secret = gateway.client()
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        yield party


def test_a_person_logs_in(party: OpenidClient, visitor: Visitor) -> None:
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    assert tokens["claims"]["acr"] == "aal2"
    assert tokens["claims"]["amr"] == ["mfa", "otp", "pwd"]
    told = party.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
    assert told["preferred_username"] == visitor.person.username


def test_a_second_request_asks_nothing_again(party: OpenidClient, visitor: Visitor) -> None:
    first = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    visitor.go(party.call("authorize", {**OFFLINE, "prompt": "none"}))
    second = party.call("callback", visitor.arrived)
    assert second["claims"]["auth_time"] == first["claims"]["auth_time"]


def test_nobody_is_logged_in_silently(party: OpenidClient, visitor: Visitor) -> None:
    visitor.go(party.call("authorize", {**OFFLINE, "prompt": "none"}))
    with pytest.raises(Refused, match="login_required"):
        party.call("callback", visitor.arrived)


def test_a_replayed_code_is_refused_and_ends_what_it_gave(
    party: OpenidClient, visitor: Visitor
) -> None:
    arrived = visitor.log_in(party.call("authorize", OFFLINE))
    tokens = party.call("callback", arrived)
    with pytest.raises(Refused, match="invalid_grant"):
        party.call("callback", arrived)
    with pytest.raises(Refused, match="invalid_grant"):
        party.call("refresh", tokens["refresh_token"])


def test_an_answer_of_another_issuer_is_refused(party: OpenidClient, visitor: Visitor) -> None:
    arrived = visitor.log_in(party.call("authorize", OFFLINE))
    before, _, _ = arrived.partition("&iss=")
    with pytest.raises(Refused, match="OAUTH_INVALID_RESPONSE"):
        party.call("callback", f"{before}&iss=http%3A%2F%2Flocalhost%3A2")
    with pytest.raises(Refused, match="OAUTH_INVALID_RESPONSE"):
        party.call("callback", before)


def test_refresh_rotates_and_a_replayed_token_ends_the_family(
    party: OpenidClient, visitor: Visitor
) -> None:
    first = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    second = party.call("refresh", first["refresh_token"])
    assert second["claims"]["sub"] == first["claims"]["sub"]
    assert second["refresh_token"] != first["refresh_token"]
    with pytest.raises(Refused, match="invalid_grant"):
        party.call("refresh", first["refresh_token"])
    with pytest.raises(Refused, match="invalid_grant"):
        party.call("refresh", second["refresh_token"])


def test_scope_only_narrows(party: OpenidClient, visitor: Visitor) -> None:
    tokens = party.call("callback", visitor.log_in(party.call("authorize", OFFLINE)))
    narrow = party.call("refresh", tokens["refresh_token"], {"scope": "openid"})
    assert narrow["scope"] == "openid"
    with pytest.raises(Refused, match="invalid_scope"):
        party.call("refresh", narrow["refresh_token"], {"scope": "openid email"})


def test_revocation_ends_the_grant(confidential: OpenidClient, visitor: Visitor) -> None:
    tokens = confidential.call("callback", visitor.log_in(confidential.call("authorize", OFFLINE)))
    told = confidential.call("introspect", tokens["access_token"])
    assert told["active"] is True
    assert told["sub"] == tokens["claims"]["sub"]
    confidential.call("revoke", tokens["refresh_token"])
    assert confidential.call("introspect", tokens["access_token"]) == {"active": False}
    with pytest.raises(Refused, match="invalid_grant"):
        confidential.call("refresh", tokens["refresh_token"])


def test_another_client_is_told_nothing(
    gateway: Gateway, confidential: OpenidClient, visitor: Visitor
) -> None:
    tokens = confidential.call("callback", visitor.log_in(confidential.call("authorize", OFFLINE)))
    client, secret = gateway.client()
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as other:
        assert other.call("introspect", tokens["access_token"]) == {"active": False}
        with pytest.raises(Refused, match="invalid_grant"):
            other.call("refresh", tokens["refresh_token"])


def test_a_backend_acts_for_itself(gateway: Gateway) -> None:
    client, secret = gateway.client(scope="openid reports:read")
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as backend:
        token = backend.call("credentials", {"scope": "reports:read"})
        assert backend.call("introspect", token["access_token"])["client_id"] == client.id
