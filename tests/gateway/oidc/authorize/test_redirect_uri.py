from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.errors import BadRequest
from gateway.oidc.authorize.checks import check_redirect_uri
from gateway.oidc.authorize.parameters import Parameters
from store.client_metadata import ClientMetadata
from store.clients import Client

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "redirect_uris.json").read_text())
REGISTERED = {
    "bot": (
        "https://bot.example/callback",
        "https://bot.example/other?keep=1",
        "http://127.0.0.1/local",
    ),
    "quick": ("http://127.0.0.1/cb", "http://[::1]/cb?x=1", "com.example.bot:/cb"),
    "named": ("http://localhost/cb",),
}
NATIVE = {"quick", "named"}


@pytest.mark.parametrize("case", VECTORS, ids=[case["name"] for case in VECTORS])
def test_redirect_uri(case: dict[str, str | bool]) -> None:
    sent = Parameters({"redirect_uri": [str(case["redirect_uri"])]})
    known = client(str(case["client_id"]))
    if case["accepted"]:
        assert check_redirect_uri(sent, known) == case["redirect_uri"]
    else:
        with pytest.raises(BadRequest):
            check_redirect_uri(sent, known)


def client(client_id: str) -> Client:
    return Client(
        id=client_id,
        name=client_id,
        secret_hash=None if client_id in NATIVE else "0" * 64,
        redirect_uris=REGISTERED[client_id],
        audience=client_id,
        scope="openid",
        require_acr="aal1",
        consent=False,
        token_alg="ES256",
        access_token_seconds=300,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        metadata=ClientMetadata(application_type="native" if client_id in NATIVE else "web"),
    )
