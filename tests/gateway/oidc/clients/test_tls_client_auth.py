"""`tls_client_auth` and certificate-bound tokens (RFC 8705), behind a trusted proxy (RFC 9440)."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contracts.clock import Clock
from gateway import oidc
from gateway.oidc.clients.rfc8705 import presented
from gateway.wsgi import CLIENT_CERTIFICATE
from store import Store
from store.client_metadata import ClientMetadata
from store.clients import Client, secret_digest
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import SECRET, RelyingParty, Visitor, refused
from tests.gateway.oidc.signing_party import add

ASKED = {"grant_type": "client_credentials", "client_id": "tls"}
DN = "CN=a bot+OU=bots,O=Example\\, Inc.,C=DE"
DAY = timedelta(days=1)
KEY = ec.generate_private_key(ec.SECP256R1())
NAMES = [
    x509.DNSName("bot.example"),
    x509.DNSName("*.wild.example"),
    x509.UniformResourceIdentifier("spiffe://example/bot"),
    x509.IPAddress(ip_address("2001:db8::1")),
    x509.RFC822Name("bot@example.org"),
]


def made(clock: FakeClock, subject: str = DN, names: Any = NAMES) -> x509.Certificate:
    """Make a certificate of a day around now; its chain is the proxy's business."""
    name = x509.Name.from_rfc4514_string(subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name.from_rfc4514_string("CN=an authority"))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - DAY)
        .not_valid_after(clock.now() + DAY)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(KEY, hashes.SHA256())


def field(certificate: x509.Certificate) -> str:
    """Return the field of RFC 9440, section 2."""
    return f":{base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def behind(value: str) -> dict[str, Any]:
    """Return what the bridge adds to a request that came through the trusted proxy."""
    return {"environ_overrides": {CLIENT_CERTIFICATE: value}}


Registering = Callable[..., Client]


@pytest.fixture
def registering(store: Store, registered: Client) -> Registering:
    def one(**members: Any) -> Client:
        own = ClientMetadata(token_endpoint_auth_method="tls_client_auth", **members)
        return add(store, registered, id="tls", metadata=own, secret_hash=secret_digest(SECRET))

    return one


def ask(rp: RelyingParty, value: str, **more: str) -> TestResponse:
    return rp.browser.post("/oauth/token", data={**ASKED, **more}, **behind(value))


class TestNames:
    """One registered name, compared whole (section 2.1.2)."""

    @pytest.mark.parametrize(
        "members",
        [
            {"tls_client_auth_subject_dn": DN},
            {"tls_client_auth_subject_dn": "CN=a bot+OU=bots,O=Example\\2C Inc.,C=DE"},
            {"tls_client_auth_san_dns": "bot.example"},
            {"tls_client_auth_san_dns": "BOT.example"},
            {"tls_client_auth_san_uri": "spiffe://example/bot"},
            {"tls_client_auth_san_ip": "2001:db8::1"},
            {"tls_client_auth_san_ip": "2001:0db8:0:0::1"},
            {"tls_client_auth_san_email": "bot@example.org"},
        ],
    )
    def test_a_name_that_fits(
        self, rp: RelyingParty, registering: Registering, clock: FakeClock, members: dict[str, str]
    ) -> None:
        registering(**members)
        assert ask(rp, field(made(clock))).status_code == 200

    @pytest.mark.parametrize(
        "members",
        [
            {"tls_client_auth_subject_dn": "CN=a bot"},
            {"tls_client_auth_subject_dn": "C=DE,O=Example\\, Inc.,CN=a bot+OU=bots"},
            {"tls_client_auth_subject_dn": "CN=A BOT+OU=bots,O=Example\\, Inc.,C=DE"},
            {"tls_client_auth_subject_dn": "not a name"},
            {"tls_client_auth_san_dns": "other.example"},
            {"tls_client_auth_san_dns": "a.wild.example"},
            {"tls_client_auth_san_dns": "bot.example.evil.example"},
            {"tls_client_auth_san_uri": "spiffe://example/bot/"},
            {"tls_client_auth_san_uri": "SPIFFE://example/bot"},
            {"tls_client_auth_san_ip": "2001:db8::2"},
            {"tls_client_auth_san_ip": "no address"},
            {"tls_client_auth_san_email": "other@example.org"},
            {},
            {"tls_client_auth_san_dns": "bot.example", "tls_client_auth_san_uri": "spiffe://x"},
        ],
    )
    def test_a_name_that_does_not(
        self, rp: RelyingParty, registering: Registering, clock: FakeClock, members: dict[str, str]
    ) -> None:
        registering(**members)
        refused(ask(rp, field(made(clock))), "invalid_client")

    def test_a_certificate_without_other_names(
        self, rp: RelyingParty, registering: Registering, clock: FakeClock
    ) -> None:
        registering(tls_client_auth_san_dns="bot.example")
        refused(ask(rp, field(made(clock, names=None))), "invalid_client")


@pytest.fixture
def client(registering: Registering) -> Client:
    return registering(tls_client_auth_subject_dn=DN)


class TestField:
    """What the proxy writes is read strictly; what it cannot have written is nothing."""

    def test_as_nginx_writes_it(self, rp: RelyingParty, client: Client, clock: FakeClock) -> None:
        pem = quote(made(clock).public_bytes(Encoding.PEM).decode())
        assert ask(rp, pem).status_code == 200

    @pytest.mark.parametrize(
        "value",
        [
            *("", ":", "::", ":!:", ":AAAA:", "AAAA", "(null)", "-", "%", "%00", "x" * 20_000),
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----%0AAAAA%0A-----END CERTIFICATE-----",
        ],
    )
    def test_what_is_no_certificate(self, rp: RelyingParty, client: Client, value: str) -> None:
        refused(ask(rp, value), "invalid_client")

    @pytest.mark.filterwarnings("ignore")
    def test_a_certificate_with_bytes_changed(self, clock: FakeClock) -> None:
        """None of it fails: what cannot be read is no certificate."""
        der, chance = made(clock).public_bytes(Encoding.DER), random.Random(7)
        names = ({"tls_client_auth_subject_dn": DN}, {"tls_client_auth_san_dns": "bot.example"})
        for _ in range(3000):
            changed = bytearray(der)
            for _ in range(chance.randint(1, 4)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            value = f":{base64.b64encode(bytes(changed)).decode()}:"
            if found := presented({CLIENT_CERTIFICATE: value}):
                assert found.in_force(clock) in {True, False}
                assert len(found.thumbprint) == 43
                assert all(found.names(ClientMetadata(**m)) in {True, False} for m in names)

    def test_two_of_them(self, rp: RelyingParty, client: Client, clock: FakeClock) -> None:
        one = made(clock)
        refused(ask(rp, f"{field(one)},{field(one)}"), "invalid_client")
        pem = one.public_bytes(Encoding.PEM).decode()
        refused(ask(rp, quote(pem + pem)), "invalid_client")

    def test_a_header_of_the_client_itself(
        self, rp: RelyingParty, client: Client, clock: FakeClock
    ) -> None:
        value = field(made(clock))
        for name in ("Client-Cert", "X-SSL-Client-Cert", "gatehouse.client-certificate"):
            answer = rp.browser.post("/oauth/token", data=ASKED, headers={name: value})
            refused(answer, "invalid_client")

    @pytest.mark.parametrize("days", [-2, 2])
    def test_outside_its_dates(
        self, rp: RelyingParty, client: Client, clock: FakeClock, days: int
    ) -> None:
        value = field(made(clock))
        clock.advance(timedelta(days=days))
        refused(ask(rp, value), "invalid_client")


class TestOneWay:
    """A client of a certificate proves itself by nothing else."""

    def test_by_its_secret(self, rp: RelyingParty, client: Client, clock: FakeClock) -> None:
        rp.client_id = "tls"
        refused(rp.token(grant_type="client_credentials"), "invalid_client")
        value = field(made(clock))
        refused(ask(rp, value, client_secret=SECRET), "invalid_client")

    def test_without_naming_itself(
        self, rp: RelyingParty, client: Client, clock: FakeClock
    ) -> None:
        refused(ask(rp, field(made(clock)), client_id=""), "invalid_client")

    def test_another_client_behind_the_same_proxy(
        self, rp: RelyingParty, client: Client, clock: FakeClock
    ) -> None:
        for other in ("bot", "nobody"):
            refused(ask(rp, field(made(clock)), client_id=other), "invalid_client")


def cnf(answer: TestResponse) -> dict[str, str]:
    """Return what the access token of an answer is bound to."""
    claims = answer.get_json()["access_token"].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    bound: dict[str, str] = said.get("cnf", {})
    return bound


def thumbprint(certificate: x509.Certificate) -> str:
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class TestBound:
    """Tokens are bound to the certificate of the client that registered so (section 3)."""

    def test_the_thumbprint_is_in_the_token(
        self, rp: RelyingParty, registering: Registering, clock: FakeClock
    ) -> None:
        bound = {"tls_client_certificate_bound_access_tokens": True}
        registering(tls_client_auth_subject_dn=DN, **bound)
        own = made(clock)
        answer = ask(rp, field(own))
        assert answer.get_json()["token_type"] == "Bearer"
        assert cnf(answer) == {"x5t#S256": thumbprint(own)}

    def test_not_for_a_client_that_did_not_ask(
        self, rp: RelyingParty, client: Client, clock: FakeClock
    ) -> None:
        assert cnf(ask(rp, field(made(clock)))) == {}

    def test_a_client_of_a_secret_needs_its_certificate_too(
        self, rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        own = ClientMetadata(tls_client_certificate_bound_access_tokens=True)
        add(store, registered, id="bound", metadata=own)
        rp.client_id = "bound"
        answer = rp.token(grant_type="client_credentials")
        assert answer.get_json()["error"] == "invalid_request"
        sent = {"grant_type": "client_credentials"}
        more = behind(field(made(clock)))
        answer = rp.browser.post("/oauth/token", data=sent, headers=rp.basic(), **more)
        assert "x5t#S256" in cnf(answer)

    def test_at_userinfo(
        self, rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        """Whoever stole the token does not have the certificate (section 3)."""
        own = ClientMetadata(tls_client_certificate_bound_access_tokens=True)
        add(store, registered, id="bound", metadata=own)
        rp.client_id = "bound"
        code = rp.code()
        mine, others = made(clock), made(clock, "CN=another")
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": rp.redirect_uri,
            "code_verifier": rp.verifier,
        }
        more = behind(field(mine))
        answer = rp.browser.post("/oauth/token", data=body, headers=rp.basic(), **more)
        token = answer.get_json()["access_token"]
        assert rp.userinfo(token).status_code == 401
        headers = {"Authorization": f"Bearer {token}"}
        for certificate, status in ((mine, 200), (others, 401)):
            more = behind(field(certificate))
            found = rp.browser.get("/oauth/userinfo", headers=headers, **more)
            assert found.status_code == status


def test_discovery_says_so_where_a_proxy_hands_certificates_on(
    rp: RelyingParty, store: Store, clock: Clock, settings: oidc.ProviderSettings
) -> None:
    def announced(browser: FlaskClient) -> dict[str, Any]:
        found: dict[str, Any] = browser.get("/.well-known/openid-configuration").get_json()
        return found

    without = announced(rp.browser)
    assert "tls_client_auth" not in without["token_endpoint_auth_methods_supported"]
    assert "tls_client_certificate_bound_access_tokens" not in without
    behind_proxy = replace(settings, client_certificates=True)
    parts: dict[str, Any] = {"store": store, "clock": clock, "authentication": Visitor()}
    again = Flask("proxied")
    again.register_blueprint(oidc.blueprint(oidc.provider(settings=behind_proxy, **parts)))
    said = announced(again.test_client())
    assert said["tls_client_certificate_bound_access_tokens"] is True
    for endpoint in ("token", "revocation", "introspection"):
        assert "tls_client_auth" in said[f"{endpoint}_endpoint_auth_methods_supported"]
