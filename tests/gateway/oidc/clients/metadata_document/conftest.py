"""Clients that publish a document about themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway import oidc
from gateway.oidc.clients.policy import ClientPolicy
from tests.gateway.oidc.hostile import Hostile
from tests.gateway.oidc.relying_party import RelyingParty, answered
from tests.walks.forms import read

CALLBACK = "https://app.example/callback"


@pytest.fixture
def policy() -> ClientPolicy:
    """A gateway on trial, so that the server on this machine may be asked."""
    return ClientPolicy(loopback=True, require_acr="aal1")


@pytest.fixture
def settings(
    settings: oidc.ProviderSettings,
    policy: ClientPolicy,
    proof: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> oidc.ProviderSettings:
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    return replace(settings, clients=policy)


Publish = Callable[..., str]


@pytest.fixture
def publish(hostile: Hostile) -> Publish:
    def published(path: str = "/client", headers: dict[str, str] | None = None, **more: Any) -> str:
        """Publish a document; return its address."""
        address = f"{hostile.origin}{path}"
        told = {"client_id": address, "redirect_uris": [CALLBACK], "client_name": "Agent", **more}
        return hostile.answer(path, told, **(headers or {}))

    return published


@pytest.fixture
def client(app: Flask) -> Callable[..., RelyingParty]:
    def made(client_id: str, redirect_uri: str = CALLBACK) -> RelyingParty:
        return RelyingParty(app.test_client(), client_id, redirect_uri, None)

    return made


Client = Callable[..., RelyingParty]


def allow(rp: RelyingParty, page: TestResponse) -> str:
    assert page.status_code == 200, page.text
    form = read(page.text)[0]
    answer = rp.browser.post(form.action, data={**form.fields, "decision": "allow"})
    return answered(answer)["code"]
