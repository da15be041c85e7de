"""The end of a session at a gateway of two web workers, felt by both at once."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.clients.gateway import NOWHERE, Gateway, serving
from tests.clients.visitor import Visitor
from tests.gateway.oidc.relying_party import challenge
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

VERIFIER = "v" * 43


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    data = tmp_path_factory.mktemp("gateway") / "data"
    with serving(data, GATEHOUSE_WORKERS="2") as gateway:
        yield gateway


def test_a_logout_reaches_both(gateway: Gateway) -> None:
    client, secret = gateway.client(require_acr="aal1", consent=False)
    asked = {
        "client_id": client.id,
        "response_type": "code",
        "redirect_uri": NOWHERE,
        "scope": "openid offline_access",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    with httpx.Client(timeout=PATIENCE) as http:
        visitor = Visitor(gateway.person(), http)
        visitor.go(str(httpx.URL(f"{gateway.issuer}/oauth/authorize", params=asked)))
        visitor.password()
        code = httpx.URL(visitor.arrived).params["code"]
        tokens = httpx.post(
            f"{gateway.issuer}/oauth/token",
            auth=(client.id, secret or ""),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": NOWHERE,
                "code_verifier": VERIFIER,
            },
            timeout=PATIENCE,
        ).json()
        assert set(known(gateway, tokens["access_token"])) == {200}
        visitor.go(f"{gateway.issuer}/oauth/logout?id_token_hint={tokens['id_token']}")
        assert set(known(gateway, tokens["access_token"])) == {401}


def known(gateway: Gateway, token: str) -> list[int]:
    """Ask so often, on connections of their own, that both workers answer."""
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"{gateway.issuer}/oauth/userinfo"
    return [httpx.get(url, headers=bearer, timeout=PATIENCE).status_code for _ in range(24)]
