"""Authlib's clients: the one for Flask, and the session of requests."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from flask import Flask, Response, jsonify, url_for
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.browser.conftest import Serve
from tests.clients.gateway import NOWHERE, Gateway
from tests.clients.visitor import Visitor

pytestmark = pytest.mark.slow

SCOPE = "openid profile offline_access"


@pytest.fixture
def site(gateway: Gateway, serve: Serve) -> tuple[str, str]:
    """A site that answers with the tokens it was given: its origin and its client's id."""
    app = Flask("site")
    app.secret_key = secrets.token_bytes(32)
    origin = serve(app)
    client, secret = gateway.client(f"{origin}/callback")
    gatehouse = OAuth(app).register(
        "gatehouse",
        client_id=client.id,
        client_secret=secret,
        server_metadata_url=f"{gateway.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
    )

    @app.get("/login")
    def login() -> Response:
        return gatehouse.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback() -> Response:
        tokens = gatehouse.authorize_access_token()
        return jsonify(tokens=tokens, person=gatehouse.userinfo(token=tokens))

    return origin, client.id


def test_the_flask_client_logs_a_person_in(
    gateway: Gateway, site: tuple[str, str], visitor: Visitor
) -> None:
    origin, client_id = site
    assert visitor.log_in(f"{origin}/login").startswith(f"{origin}/callback")
    shown = visitor.page.json()
    assert shown["person"]["preferred_username"] == visitor.person.username
    claims = offline(gateway, shown["tokens"]["access_token"])
    assert claims["aud"] == client_id
    assert claims["sub"] == shown["person"]["sub"] == shown["tokens"]["userinfo"]["sub"]
    assert claims["amr"] == ["mfa", "otp", "pwd"]


def offline(gateway: Gateway, token: str) -> dict[str, Any]:
    """Judge an access token as a backend does that knows nothing but the JWK Set (RFC 9068, 4)."""
    keys = KeySet.import_key_set(requests.get(f"{gateway.issuer}/.well-known/jwks.json").json())
    found = jwt.decode(token, keys, algorithms=["ES256"])
    assert found.header["typ"] == "at+jwt"
    essential = {"essential": True}
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": gateway.issuer}, exp=essential, sub=essential
    ).validate(found.claims)
    return found.claims


@pytest.fixture
def session(gateway: Gateway, visitor: Visitor) -> Iterator[OAuth2Session]:
    """A session of requests that a person has let in."""
    client, secret = gateway.client()
    verifier = secrets.token_urlsafe(48)
    given = {"redirect_uri": NOWHERE, "scope": SCOPE, "code_challenge_method": "S256"}
    with OAuth2Session(client.id, secret, **given) as session:
        url, _ = session.create_authorization_url(
            f"{gateway.issuer}/oauth/authorize", code_verifier=verifier
        )
        session.fetch_token(
            f"{gateway.issuer}/oauth/token",
            authorization_response=visitor.log_in(url),
            code_verifier=verifier,
        )
        yield session


def test_the_session_uses_and_refreshes_its_token(
    gateway: Gateway, session: OAuth2Session, visitor: Visitor
) -> None:
    told = session.get(f"{gateway.issuer}/oauth/userinfo").json()
    assert told["preferred_username"] == visitor.person.username
    first = dict(session.token)
    session.refresh_token(f"{gateway.issuer}/oauth/token")
    assert session.token["access_token"] != first["access_token"]
    assert session.get(f"{gateway.issuer}/oauth/userinfo").json() == told


def test_a_revoked_session_is_over(gateway: Gateway, session: OAuth2Session) -> None:
    ended = session.revoke_token(f"{gateway.issuer}/oauth/revoke", token_type_hint="refresh_token")
    assert ended.status_code == 200
    assert session.get(f"{gateway.issuer}/oauth/userinfo").status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(f"{gateway.issuer}/oauth/token")


def test_the_session_proves_itself_by_a_key(gateway: Gateway) -> None:
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    keys = {"keys": [key.as_dict(private=False)]}
    said = {"token_endpoint_auth_method": "private_key_jwt", "jwks": keys}
    client, _ = gateway.client(scope="reports:read", said=said)
    minute = {"exp": int(time.time()) + 60}
    method = PrivateKeyJWT(gateway.issuer, claims=minute, alg="ES256")
    with OAuth2Session(client.id, key, token_endpoint_auth_method="private_key_jwt") as session:
        session.register_client_auth_method(method)
        token = session.fetch_token(f"{gateway.issuer}/oauth/token", scope="reports:read")
        assert offline(gateway, token["access_token"])["client_id"] == client.id
