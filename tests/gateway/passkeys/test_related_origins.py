"""The document that lets other origins use our passkeys (WebAuthn Level 3, 5.11)."""

from __future__ import annotations

import json

import pytest

from tests.gateway.conftest import Build

PATH = "/.well-known/webauthn"
ORIGINS = ["https://example.org", "https://example.de"]


@pytest.mark.parametrize("issuer", ["https://example.org", "https://example.org/tenants/one"])
def test_the_origins_are_listed_at_the_host(
    build: Build, monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    monkeypatch.setenv("GATEHOUSE_WEBAUTHN_ORIGINS", json.dumps(ORIGINS))
    answer = build(issuer=issuer).app.test_client().get(PATH)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.get_json() == {"origins": ORIGINS}
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_without_other_origins_there_is_no_document(build: Build) -> None:
    assert build().app.test_client().get(PATH).status_code == 404
