"""Tokens of the device grant and of CIBA, bound to a key (RFC 9449)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.device.terminal import GRANT_TYPE, Helper, Terminal
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import RelyingParty, claims_of


@pytest.fixture
def terminal(app: Flask, store: Store, registered: Client) -> Terminal:
    bound = ClientMetadata(grant_types=(GRANT_TYPE, "refresh_token"), dpop_bound_access_tokens=True)
    with store.write() as tx:
        tx.clients.add(replace(registered, id="speaker", secret_hash=None, metadata=bound))
    return Terminal(RelyingParty(app.test_client(), "speaker", "", None))


def test_tokens_of_a_device_are_bound_to_its_key(
    app: Flask, terminal: Terminal, prover: Prover
) -> None:
    codes = terminal.start(scope="openid offline_access")
    Helper(app.test_client()).decide(codes["user_code"])
    asked = {"grant_type": GRANT_TYPE, "device_code": codes["device_code"]}
    unproven = terminal.rp.token(**asked)
    assert unproven.get_json()["error"] == "invalid_request"
    body = prover.token(terminal.rp, **asked).get_json()
    assert body["token_type"] == "DPoP"
    assert claims_of(body["access_token"])["cnf"] == {"jkt": prover.jkt}
    another = Prover(prover.clock)
    assert another.refresh(terminal.rp, body["refresh_token"]).status_code == 400
    assert prover.refresh(terminal.rp, body["refresh_token"]).status_code == 200
