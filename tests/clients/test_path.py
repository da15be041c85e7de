"""Clients of a gateway that has only a path of its host (RFC 8414, section 3.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.gateway import NOWHERE, Gateway, serving
from tests.clients.openid_client import Refused, running
from tests.clients.single_page_app import Open
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

OFFLINE = {"redirect_uri": NOWHERE, "scope": "openid profile offline_access"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway under /id."""
    with serving(tmp_path_factory.mktemp("path") / "data", "/id") as gateway:
        yield gateway


def test_openid_client_finds_everything(gateway: Gateway, visitor: Visitor) -> None:
    client, secret = gateway.client(post_logout_redirect_uris=[NOWHERE])
    with running(issuer=gateway.issuer, id=client.id, secret=secret) as party:
        tokens = party.call("callback", visitor.log_in(party.call("push", OFFLINE)))
        told = party.call("userinfo", tokens["access_token"], tokens["claims"]["sub"])
        assert told["preferred_username"] == visitor.person.username
        hint = {"post_logout_redirect_uri": NOWHERE, "id_token_hint": tokens["id_token"]}
        visitor.go(party.call("endSession", hint))
        assert visitor.arrived == NOWHERE
        with pytest.raises(Refused, match="invalid_grant"):
            party.call("refresh", tokens["refresh_token"])


@pytest.mark.browser
def test_the_single_page_app_finds_everything(opened: Open) -> None:
    app = opened(scope="openid profile", bound=True)
    first = app.log_in()
    app.press("Who am I?")
    app.shows(app.person.username)
    app.press("Renew")
    assert app.known()["profile"]["sid"] == first["profile"]["sid"]
