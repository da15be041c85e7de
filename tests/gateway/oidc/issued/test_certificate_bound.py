"""Tokens bound to a client certificate (RFC 8705, section 3)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from gateway.wsgi import CLIENT_CERTIFICATE
from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.issued.test_revocation import introspect
from tests.gateway.oidc.relying_party import RelyingParty
from tests.gateway.oidc.token.test_token import decoded

MACHINE = {"grant_type": "client_credentials"}


def certificate(clock: FakeClock) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=bot")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + timedelta(days=1))
        .sign(key, SHA256())
    )


def shown(found: x509.Certificate) -> dict[str, str]:
    """What the bridge makes of the field of a trusted proxy."""
    return {CLIENT_CERTIFICATE: quote(found.public_bytes(Encoding.PEM))}


@pytest.fixture
def own(clock: FakeClock) -> x509.Certificate:
    return certificate(clock)


@pytest.fixture
def held(app: Flask, store: Store, registered: Client) -> RelyingParty:
    """A client that registered for bound tokens."""
    metadata = ClientMetadata(tls_client_certificate_bound_access_tokens=True)
    with store.write() as tx:
        tx.clients.add(replace(registered, id="held", metadata=metadata))
    return RelyingParty(app.test_client(), "held")


def ask(rp: RelyingParty, found: x509.Certificate, **body: str) -> dict[str, Any]:
    answer = rp.browser.post(
        "/oauth/token", data=body, headers=rp.basic(), environ_overrides=shown(found)
    )
    assert answer.status_code == 200, answer.text
    body_: dict[str, Any] = answer.get_json()
    return body_


def exchanged(rp: RelyingParty, found: x509.Certificate) -> dict[str, Any]:
    grant = {"grant_type": "authorization_code", "code": rp.code()}
    return ask(rp, found, redirect_uri=rp.redirect_uri, code_verifier=rp.verifier, **grant)


def test_the_token_says_which_certificate(held: RelyingParty, own: x509.Certificate) -> None:
    body = ask(held, own, **MACHINE)
    thumbprint = base64.urlsafe_b64encode(own.fingerprint(SHA256())).rstrip(b"=").decode()
    assert body["token_type"] == "Bearer"
    assert decoded(held, body["access_token"]).claims["cnf"] == {"x5t#S256": thumbprint}
    assert introspect(held, body["access_token"])["cnf"] == {"x5t#S256": thumbprint}


def test_without_a_certificate_there_is_no_token(held: RelyingParty) -> None:
    answer = held.token(**MACHINE)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")


def test_a_certificate_binds_nothing_for_who_did_not_register(
    rp: RelyingParty, own: x509.Certificate
) -> None:
    assert "cnf" not in decoded(rp, ask(rp, own, **MACHINE)["access_token"]).claims


def test_userinfo_wants_the_certificate(
    held: RelyingParty, own: x509.Certificate, clock: FakeClock
) -> None:
    token = exchanged(held, own)["access_token"]
    sent = {"Authorization": f"Bearer {token}"}

    def status(overrides: dict[str, str]) -> int:
        answer = held.browser.get("/oauth/userinfo", headers=sent, environ_overrides=overrides)
        return answer.status_code

    assert status(shown(own)) == 200
    assert status(shown(certificate(clock))) == 401
    assert status({}) == 401
    assert status({CLIENT_CERTIFICATE: "nonsense"}) == 401


def test_its_refresh_token_stays(held: RelyingParty, own: x509.Certificate) -> None:
    token = exchanged(held, own)["refresh_token"]
    body = ask(held, own, grant_type="refresh_token", refresh_token=token)
    assert body["refresh_token"] == token
