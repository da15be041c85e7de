"""A client that has registered itself, and what that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway import oidc
from gateway.oidc.clients.policy import ClientPolicy
from store import Store
from tests.gateway.oidc.relying_party import RelyingParty, answered
from tests.walks.forms import read

CALLBACK = "https://new.example/callback"
LEAST = {"redirect_uris": [CALLBACK], "client_name": "New"}
HOUR = timedelta(hours=1)


@pytest.fixture
def policy() -> ClientPolicy:
    return ClientPolicy()


@pytest.fixture
def settings(settings: oidc.ProviderSettings, policy: ClientPolicy) -> oidc.ProviderSettings:
    return replace(settings, clients=policy)


Issue = Callable[..., str]


@pytest.fixture
def issue(store: Store) -> Issue:
    def issued(uses: int = 1, lifetime: timedelta = HOUR) -> str:
        with store.write() as tx:
            return tx.initial_access_tokens.issue(uses, lifetime)

    return issued


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def register(browser: FlaskClient, token: str = "", /, **sent: Any) -> TestResponse:
    headers = bearer(token) if token else {}
    return browser.post("/oauth/register", json=LEAST | sent, headers=headers)


@pytest.fixture
def new(browser: FlaskClient, issue: Issue) -> dict[str, Any]:
    """A client that has just registered."""
    answer = register(browser, issue())
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json
    return found


def allow(rp: RelyingParty, page: TestResponse) -> str:
    form = read(page.text)[0]
    answer = rp.browser.post(form.action, data={**form.fields, "decision": "allow"})
    return answered(answer)["code"]
