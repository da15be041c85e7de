"""What discovery says is so: every endpoint answers and every value is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.token.server import GRANTS
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client
from tests.gateway.oidc.relying_party import ISSUER, ORDER, RelyingParty, answered, claims_of
from tests.gateway.oidc.test_documents import DISCOVERY
from web import pages

ASKED_BY_GET = {
    "status_list_aggregation_endpoint",
    "authorization_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
    "jwks_uri",
}


@pytest.fixture
def metadata(rp: RelyingParty) -> dict[str, Any]:
    found: dict[str, Any] = rp.browser.get(DISCOVERY).get_json()
    return found


def test_every_endpoint_answers_in_its_own_way(rp: RelyingParty, metadata: dict[str, Any]) -> None:
    endpoints = {n: v for n, v in metadata.items() if n.endswith(("_endpoint", "_uri"))}
    assert endpoints.keys() >= ASKED_BY_GET
    for name, address in endpoints.items():
        path = address.removeprefix(ISSUER)
        asked = rp.browser.get(path)
        if name in ASKED_BY_GET:
            assert asked.status_code in {200, 400, 401}, name
        else:
            assert asked.status_code == 405, name
            assert "POST" in asked.headers["Allow"], name
            assert 400 <= rp.browser.post(path).status_code < 404, name


def test_every_response_mode(rp: RelyingParty, metadata: dict[str, Any]) -> None:
    assert metadata["response_modes_supported"] == ["query", "form_post"]
    assert "code" in answered(rp.authorize(response_mode="query"))
    assert rp.authorize(response_mode="form_post").status_code == 200


def test_every_prompt(rp: RelyingParty, metadata: dict[str, Any]) -> None:
    prompts = ["none", "login", "consent", "select_account"]
    assert metadata["prompt_values_supported"] == prompts
    for prompt in prompts:
        assert "error=" not in rp.authorize(prompt=prompt).headers.get("Location", "")


def test_every_acr(rp: RelyingParty, metadata: dict[str, Any]) -> None:
    assert metadata["acr_values_supported"] == list(ORDER)
    assert claims_of(rp.tokens(acr_values="aal1")["id_token"])["acr"] == "aal1"


def test_every_signing_algorithm_of_id_tokens(
    rp: RelyingParty, store: Store, registered: Client, metadata: dict[str, Any]
) -> None:
    assert metadata["id_token_signing_alg_values_supported"] == list(ALGORITHMS)
    for alg in ALGORITHMS:
        with store.write() as tx:
            tx.clients.add(replace(registered, id=f"by-{alg}", token_alg=alg))
        assert replace(rp, client_id=f"by-{alg}").tokens()["id_token"]


def test_every_subject_type(
    rp: RelyingParty, store: Store, registered: Client, metadata: dict[str, Any]
) -> None:
    assert metadata["subject_types_supported"] == ["public", "pairwise"]
    for kind in metadata["subject_types_supported"]:
        with store.write() as tx:
            held = ClientMetadata(subject_type=kind)
            tx.clients.add(replace(registered, id=kind, metadata=held))
        assert replace(rp, client_id=kind).tokens()["id_token"]


def test_every_grant_type_is_known_at_the_token_endpoint(
    rp: RelyingParty, metadata: dict[str, Any]
) -> None:
    assert metadata["grant_types_supported"] == [grant.GRANT_TYPE for grant in GRANTS]
    for grant in metadata["grant_types_supported"]:
        answer = rp.token(grant_type=grant).get_json()
        assert answer.get("error") != "unsupported_grant_type", grant
    assert rp.token(grant_type="password").get_json()["error"] == "unsupported_grant_type"


def test_every_language(rp: RelyingParty, metadata: dict[str, Any]) -> None:
    assert metadata["ui_locales_supported"] == pages.languages()
    for language in pages.languages():
        page = rp.authorize(client_id="asks", ui_locales=language)
        assert f'<html lang="{language}" dir=' in page.text


def test_switches_say_what_is_so(metadata: dict[str, Any]) -> None:
    said = {name: value for name, value in metadata.items() if isinstance(value, bool)}
    assert said.items() >= {
        ("claims_parameter_supported", True),
        ("request_parameter_supported", True),
        ("request_uri_parameter_supported", False),
        ("authorization_response_iss_parameter_supported", True),
        ("backchannel_logout_supported", True),
        ("frontchannel_logout_supported", True),
    }
