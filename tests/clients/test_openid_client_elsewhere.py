"""openid-client where the person is elsewhere: a device without a browser, a backend that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.gateway import Gateway
from tests.clients.openid_client import OpenidClient, running
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CIBA = "urn:openid:params:grant-type:ciba"
SCOPE = {"scope": "openid profile offline_access"}


@pytest.fixture
def speaker(gateway: Gateway) -> Iterator[OpenidClient]:
    """A voice assistant (RFC 8628)."""
    client, _ = gateway.client(public=True, grant_types=[DEVICE, "refresh_token"])
    with running(issuer=gateway.issuer, id=client.id) as party:
        yield party


@pytest.fixture
def backend(gateway: Gateway) -> Iterator[OpenidClient]:
    """A backend that asks for people it knows by name (CIBA)."""
    client, secret = gateway.client(grant_types=[CIBA], ciba="poll")
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        yield party


def test_a_person_lets_a_device_in(speaker: OpenidClient, visitor: Visitor) -> None:
    asked = speaker.call("device", SCOPE)
    visitor.go(asked["verification_uri_complete"])
    visitor.fill("/device")
    visitor.prove()
    assert asked["user_code"] in visitor.page.text
    visitor.fill("/device/", decision="allow")
    tokens = speaker.call("pollDevice", asked)
    told = speaker.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
    assert told["preferred_username"] == visitor.person.username
    assert speaker.call("refresh", tokens["refresh_token"])["access_token"]


def test_a_backend_asks_for_a_person(
    gateway: Gateway, backend: OpenidClient, visitor: Visitor
) -> None:
    visitor.go(f"{gateway.issuer}/requests")
    visitor.password()
    visitor.fill("/requests/device")
    visitor.authenticator()
    visitor.fill("/requests/device")
    who = {"login_hint": visitor.person.username, "binding_message": "W4SCT"}
    asked = backend.call("backchannel", {**SCOPE, **who})
    assert "W4SCT" in visitor.go(f"{gateway.issuer}/requests").text
    visitor.fill("/number", number=asked["binding_number"])
    visitor.prove()
    visitor.fill("/requests/", decision="allow")
    tokens = backend.call("pollBackchannel", asked)
    told = backend.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
    assert told["preferred_username"] == visitor.person.username


def test_whoever_cannot_be_reached_is_not_given_away(
    backend: OpenidClient, visitor: Visitor
) -> None:
    known = backend.call("backchannel", {**SCOPE, "login_hint": visitor.person.username})
    unknown = backend.call("backchannel", {**SCOPE, "login_hint": "nobody"})
    assert known.keys() == unknown.keys()
