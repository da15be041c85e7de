"""What a registration must not contradict, whoever makes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey

from contracts.errors import BadRequest
from gateway.oidc.clients import fapi2
from gateway.oidc.clients.consistency import check, contradictions
from store.client_metadata import ClientMetadata
from store.clients import Client, secret_digest
from tests.gateway.oidc.authorize.test_redirect_uri import client
from tests.gateway.oidc.relying_party import SECRET
from tests.gateway.oidc.signing_party import OWN, public, rsa

KEYS = public(*OWN.values())
SIGNS = {"token_endpoint_auth_method": "private_key_jwt"}
SHOWS = {"token_endpoint_auth_method": "tls_client_auth"}
FAPI = {"profile": "fapi2", **SIGNS, "jwks": KEYS}


def made(**members: Any) -> Client:
    own = {"redirect_uris": ("https://bot.example/callback",), "secret_hash": secret_digest(SECRET)}
    return replace(client("bot"), metadata=ClientMetadata(**members), **own)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "none"},
        {**SIGNS, "jwks": KEYS},
        {**SIGNS, "jwks_uri": "https://keys.example/jwks"},
        {**SHOWS, "tls_client_auth_subject_dn": "CN=a,O=b"},
        {**SHOWS, "tls_client_auth_san_ip": "192.0.2.1"},
        {"require_signed_request_object": True, "jwks": KEYS},
        {"jwks": public(OKPKey.generate_key("X25519"))},
    ],
)
def test_what_goes_together(members: dict[str, Any]) -> None:
    assert list(contradictions(made(**members))) == []


@pytest.mark.parametrize(
    "members",
    [
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": "self_signed_tls_client_auth"},
        SIGNS,
        {**SIGNS, "jwks": KEYS, "jwks_uri": "https://keys.example/jwks"},
        {**SIGNS, "jwks": {"keys": []}},
        {**SIGNS, "jwks": {"keys": [rsa(1024)]}},
        {**SIGNS, "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
        {**SIGNS, "jwks": {"keys": [OWN["ES256"].as_dict(private=True)]}},
        {**SIGNS, "jwks": public(OKPKey.generate_key("X25519"))},
        {**SIGNS, "jwks": public(ECKey.generate_key("P-256", {"use": "enc"}))},
        {**SIGNS, "jwks": public(ECKey.generate_key("P-384"))},
        {**SIGNS, "jwks": KEYS, "tls_client_auth_subject_dn": "CN=a"},
        {"require_signed_request_object": True},
        SHOWS,
        {**SHOWS, "tls_client_auth_subject_dn": "CN=a", "tls_client_auth_san_dns": "a.example"},
        {**SHOWS, "tls_client_auth_subject_dn": "a bot"},
        {**SHOWS, "tls_client_auth_san_ip": "999.0.0.1"},
        {
            "token_endpoint_auth_method": "none",
            "tls_client_certificate_bound_access_tokens": True,
        },
        {"profile": "fapi1"},
    ],
)
def test_what_does_not(members: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        check(made(**members))


class TestFapi2:
    """A registration that contradicts its profile is refused."""

    def test_what_the_profile_switches_on(self) -> None:
        said = fapi2.switched_on(ClientMetadata(profile="fapi2", jwks=KEYS))
        assert said.token_endpoint_auth_method == "private_key_jwt"
        assert said.require_pushed_authorization_requests
        assert said.dpop_bound_access_tokens
        assert list(contradictions(replace(made(), metadata=said))) == []

    def test_bound_to_a_certificate(self) -> None:
        bound = {"tls_client_certificate_bound_access_tokens": True, **SHOWS}
        dn = {"tls_client_auth_subject_dn": "CN=a"}
        said = fapi2.switched_on(ClientMetadata(profile="fapi2", **bound, **dn))
        assert not said.dpop_bound_access_tokens
        assert list(contradictions(replace(made(), metadata=said))) == []

    def test_nothing_is_switched_on_without_it(self) -> None:
        assert fapi2.switched_on(ClientMetadata()) == ClientMetadata()

    @pytest.mark.parametrize(
        "members",
        [
            {"token_endpoint_auth_method": "client_secret_basic"},
            {"token_endpoint_auth_method": "none"},
            {"token_endpoint_auth_signing_alg": "RS256"},
            {"request_object_signing_alg": "RS256"},
            {"id_token_signed_response_alg": "RS256"},
            {"userinfo_signed_response_alg": "RS256"},
        ],
    )
    def test_what_it_does_not_allow(self, members: dict[str, Any]) -> None:
        said = fapi2.switched_on(ClientMetadata(**{**FAPI, **members}))
        with pytest.raises(BadRequest):
            check(replace(made(), metadata=said))

    def test_other_addresses_and_algorithms_of_ours(self) -> None:
        good = replace(made(), metadata=fapi2.switched_on(ClientMetadata(**FAPI)))
        check(good)
        for changes in ({"token_alg": "RS256"}, {"redirect_uris": ("http://localhost/cb",)}):
            with pytest.raises(BadRequest):
                check(replace(good, **changes))

    def test_what_was_switched_off_behind_its_back(self) -> None:
        bare = ClientMetadata(**FAPI)
        found = [str(text) for text in contradictions(replace(made(), metadata=bare))]
        assert len(found) == 2
