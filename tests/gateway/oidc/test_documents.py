from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from gateway import oidc
from store import Store
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"


def test_what_is_announced_is_there(rp: RelyingParty, app: Flask) -> None:
    metadata = rp.browser.get(DISCOVERY).get_json()
    assert metadata["issuer"] == ISSUER
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    endpoints = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) >= 8
    assert {value.removeprefix(ISSUER) for value in endpoints} <= paths
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["request_uri_parameter_supported"] is False


def test_oauth_clients_find_the_same_document(rp: RelyingParty) -> None:
    """RFC 8414, section 3: clients that know OAuth and not OpenID Connect look there."""
    found = rp.browser.get("/.well-known/oauth-authorization-server")
    assert found.get_json() == rp.browser.get(DISCOVERY).get_json()
    assert found.headers["Access-Control-Allow-Origin"] == "*"


def test_every_announced_scope_and_claim_is_had(rp: RelyingParty, store: Store) -> None:
    metadata = rp.browser.get(DISCOVERY).get_json()
    body = rp.tokens(scope=" ".join(metadata["scopes_supported"]))
    assert body["scope"].split() == metadata["scopes_supported"]
    from joserfc import jwt
    from joserfc.jwk import KeySet

    keys = KeySet.import_key_set(oidc.jwks(store))
    claims = set(jwt.decode(body["id_token"], keys, algorithms=["ES256"]).claims)
    claims |= set(rp.userinfo(body["access_token"]).get_json())
    assert claims == set(metadata["claims_supported"])


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
def test_documents_are_cacheable_and_open_to_other_origins(rp: RelyingParty, path: str) -> None:
    first = rp.browser.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = rp.browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert rp.browser.get(path).data == first.data


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/userinfo", DISCOVERY, JWKS])
def test_pages_of_any_origin_may_ask_first(rp: RelyingParty, path: str) -> None:
    answer = rp.browser.options(path, headers={"Origin": "https://spa.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_other_origin_reads_pages(rp: RelyingParty) -> None:
    answer = rp.browser.get("/oauth/authorize", headers={"Origin": "https://spa.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_provider_has_no_word_for_any_factor() -> None:
    words = re.compile("totp|voice|webauthn|password|passkey", re.IGNORECASE)
    assert oidc.__file__
    files = sorted(Path(oidc.__file__).parent.rglob("*.py"))
    assert len(files) > 30
    assert [file.name for file in files if words.search(file.read_text())] == []
