"""What a client may say of itself, by RFC 7591, section 2, and OpenID Connect Registration."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from gateway.oidc.clients import redirect_uris
from gateway.oidc.clients.members import InvalidClientMetadata
from gateway.oidc.clients.policy import ClientPolicy
from gateway.oidc.clients.registering import Supported
from gateway.oidc.clients.rfc7591 import Information, Registrar
from gateway.oidc.fetching.fetch import Fetcher
from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.hostile import Hostile, certificate
from tests.timing import AT_ONCE, quickest

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "registrations.json").read_text()
)
SUPPORTED = Supported(
    grant_types=frozenset({"authorization_code", "refresh_token", "client_credentials"}),
    auth_methods=frozenset(
        {"none", "client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth"}
    ),
    algorithms=frozenset({"RS256", "ES256"}),
    subject_types=frozenset({"public", "pairwise"}),
)


@pytest.fixture
def database() -> str:
    """Nothing here depends on the database."""
    return "sqlite"


@pytest.fixture
def registrar(store: Store, clock: FakeClock) -> Registrar:
    return Registrar(store, clock, Fetcher(store), ClientPolicy(), SUPPORTED)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_what_a_client_may_say_of_itself(registrar: Registrar, vector: dict[str, Any]) -> None:

    def register() -> None:
        if "error" in vector:
            with pytest.raises(InvalidClientMetadata) as refusal:
                registrar.client(vector["sent"], client_id="new")
            assert refusal.value.error == vector["error"]
            assert refusal.value.description.isprintable()
            return
        client, secret = registrar.client(vector["sent"], client_id="new")
        told = Information(client, "token", secret).to_dict("https://gateway.example")
        said = json.loads(json.dumps(told))
        assert said | vector["registered"] == said

    assert quickest(register)[1] < AT_ONCE


def public(key: ECKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


BROKEN: dict[str, Callable[[ECKey], dict[str, Any]]] = {
    "a private key": lambda key: {"jwks": {"keys": [key.as_dict(private=True)]}},
    "a public key beside a private one": lambda key: {
        "jwks": {"keys": [public(key), key.as_dict(private=True)]}
    },
    "a symmetric key": lambda _: {"jwks": {"keys": [OctKey.generate_key().as_dict()]}},
    "a point off its curve": lambda key: {
        "jwks": {"keys": [public(key) | {"y": public(key)["x"]}]}
    },
    "keys twice": lambda key: {
        "jwks": {"keys": [public(key)]},
        "jwks_uri": "https://app.example/jwks",
    },
    "a short RSA key": lambda _: {
        "jwks": {
            "keys": [{"kty": "RSA", "e": "AQAB", "n": urlsafe_b64encode(b"\xf1" * 128).decode()}]
        }
    },
}


@pytest.mark.parametrize("name", BROKEN)
def test_keys_that_cannot_be_registered(registrar: Registrar, name: str) -> None:
    sent = BROKEN[name](ECKey.generate_key("P-256")) | {"redirect_uris": ["https://app.example/"]}
    with pytest.raises(InvalidClientMetadata):
        registrar.client(sent, client_id="new")


def test_public_keys_are_registered_without_what_else_they_hold(registrar: Registrar) -> None:
    key = public(ECKey.generate_key("P-256"))
    sent = {
        "redirect_uris": ["https://app.example/"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key | {"x5u": "http://127.0.0.1/"}], "more": 1},
    }
    client, secret = registrar.client(sent, client_id="new")
    assert secret is None
    assert client.metadata.jwks is not None
    (held,) = client.metadata.jwks["keys"]
    assert {name: held[name] for name in ("kty", "crv", "x", "y")} == key
    assert "x5u" not in held


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_a_secret_is_made_where_one_is_needed(registrar: Registrar, method: str) -> None:
    sent = {"redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": method}
    client, secret = registrar.client(sent, client_id="new")
    assert (secret is None) == (method == "none")
    assert client.public == (method == "none")
    assert secret is None or len(secret) == 43


@pytest.mark.parametrize(
    ("listed", "accepted"),
    [
        (["https://a.example/", "https://b.example/"], True),
        (["https://a.example/", "https://b.example/", "https://c.example/"], True),
        (["https://a.example/"], False),
        ([], False),
        ({"https://a.example/": 1, "https://b.example/": 1}, False),
        ("https://a.example/ https://b.example/", False),
    ],
)
def test_a_sector_lists_every_redirect_uri(
    store: Store,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listed: object,
    accepted: bool,
) -> None:
    proof = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    fetcher = Fetcher(store, loopback=True)
    registrar = Registrar(store, clock, fetcher, ClientPolicy(), SUPPORTED)
    with Hostile(proof).running() as server:
        sent = {
            "redirect_uris": ["https://a.example/", "https://b.example/"],
            "subject_type": "pairwise",
            "sector_identifier_uri": server.answer("/sector", listed),
        }
        if accepted:
            client, _ = registrar.client(sent, client_id="new")
            assert client.metadata.sector_identifier_uri == f"{server.origin}/sector"
        else:
            with pytest.raises(InvalidClientMetadata, match="every redirect URI"):
                registrar.client(sent, client_id="new")


def test_nothing_of_the_policy_is_the_clients_to_choose(registrar: Registrar) -> None:
    sent = {
        "redirect_uris": ["https://app.example/cb"],
        "require_acr": "aal1",
        "consent": False,
        "audience": "https://api.bank.example",
        "access_token_seconds": 10**9,
        "profile": "none",
        "resources": ["https://api.bank.example"],
        "source": "operator",
    }
    client, _ = registrar.client(sent, client_id="new")
    assert (client.require_acr, client.consent, client.source) == ("mfa", True, "dynamic")
    assert (client.audience, client.access_token_seconds) == ("new", 300)
    assert client.metadata.resources == ()


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("https://app.example", "web"),
        ("https://app.example?x=1", "web"),
        ("https://APP.example:8443/cb?x=%7E&y=(1)", "web"),
        ("https://[2001:db8::1]/cb", "web"),
        ("http://localhost", "loopback"),
        ("http://localhost:3000/cb", "loopback"),
        ("http://127.0.0.1/cb", "loopback"),
        ("http://[::1]:61023/cb", "loopback"),
        ("com.example.app:/cb", "private-use"),
        ("com.example.app://callback/x", "private-use"),
        ("http://127.0.0.1.example/cb", None),
        ("http://localhost:3000@evil.example/", None),
    ],
)
def test_kinds_of_redirect_uris(uri: str, kind: str | None) -> None:
    assert redirect_uris.kind(uri) == kind
