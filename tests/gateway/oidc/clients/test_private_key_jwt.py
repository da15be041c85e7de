"""`private_key_jwt` (RFC 7523, OpenID Connect Core section 9, FAPI 2.0 Security Profile)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from contracts.errors import Unavailable
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.clients.methods import methods
from gateway.oidc.fetching.fetch import Fetcher
from store import Store
from store.clients import Client, secret_digest
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, SECRET, RelyingParty, refused
from tests.gateway.oidc.signing_party import (
    KINDS,
    OWN,
    STRANGE,
    SigningParty,
    add,
    metadata,
    public,
    rsa,
    shown,
)

ASKED = {"grant_type": "client_credentials"}
MANY = 50


@pytest.fixture
def signer(store: Store, registered: Client, clock: FakeClock) -> SigningParty:
    """A client that signs for itself; it has a secret too, which it did not register to use."""
    add(store, registered, id="signer", metadata=metadata(), secret_hash=secret_digest(SECRET))
    return SigningParty(clock)


def asks(rp: RelyingParty, assertion: dict[str, str], **more: str) -> Any:
    return rp.browser.post("/oauth/token", data={**ASKED, **assertion, **more})


@pytest.mark.parametrize("alg", sorted(KINDS))
def test_every_algorithm(rp: RelyingParty, signer: SigningParty, alg: str) -> None:
    signer.alg = alg
    answer = asks(rp, signer.assertion())
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["access_token"]


@pytest.mark.parametrize(
    "typ", [None, "JWT", "client-authentication+jwt", "application/client-authentication+jwt"]
)
def test_types_that_fit(rp: RelyingParty, signer: SigningParty, typ: str | None) -> None:
    signer.header = {"typ": typ}
    assert asks(rp, signer.assertion(), client_id="signer").status_code == 200


@pytest.mark.parametrize(
    "typ", ["at+jwt", "dpop+jwt", "oauth-authz-req+jwt", "logout+jwt", "secevent+jwt"]
)
def test_types_of_other_tokens(rp: RelyingParty, signer: SigningParty, typ: str) -> None:
    signer.header = {"typ": typ}
    refused(asks(rp, signer.assertion()), "invalid_client")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "bot"},
        {"iss": None},
        {"sub": "bot"},
        {"sub": None},
        {"sub": ["signer"]},
        {"aud": None},
        {"aud": "https://other.example"},
        {"aud": [ISSUER]},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": f"{ISSUER}/"},
        {"aud": f"{ISSUER}/oauth/token"},
        {"aud": f"{ISSUER}/oauth/par"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 256},
        {"iat": "now"},
        {"nbf": None, "iat": True},
    ],
)
def test_claims_that_do_not_hold(
    rp: RelyingParty, signer: SigningParty, changes: dict[str, Any]
) -> None:
    refused(asks(rp, signer.assertion(**changes)), "invalid_client")


@pytest.mark.parametrize(
    ("claim", "seconds", "status"),
    [
        ("iat", 9, 200),
        ("iat", 61, 401),
        ("nbf", 9, 200),
        ("nbf", 61, 401),
        ("exp", 1, 200),
        ("exp", 0, 401),
        ("exp", -1, 401),
        ("exp", 300, 200),
        ("exp", 3600, 200),
        ("exp", 7200, 401),
    ],
)
def test_a_clock_may_run_ten_seconds_ahead_and_an_assertion_lives_an_hour(
    rp: RelyingParty, signer: SigningParty, claim: str, seconds: int, status: int
) -> None:
    now = int(signer.clock.now().timestamp())
    assert asks(rp, signer.assertion(**{claim: now + seconds})).status_code == status


def test_a_jti_counts_once(rp: RelyingParty, signer: SigningParty) -> None:
    assertion = signer.assertion()
    assert asks(rp, assertion).status_code == 200
    refused(asks(rp, assertion), "invalid_client")
    refused(asks(rp, signer.assertion(jti="same") | assertion), "invalid_client")


def test_another_client_may_have_the_same_jti(
    rp: RelyingParty, signer: SigningParty, store: Store, registered: Client
) -> None:
    add(store, registered, id="twin", metadata=metadata(), secret_hash=None)
    assert asks(rp, signer.assertion(jti="j")).status_code == 200
    assert asks(rp, SigningParty(signer.clock, "twin").assertion(jti="j")).status_code == 200


def test_a_bad_signature_spends_nothing(rp: RelyingParty, signer: SigningParty) -> None:
    good = signer.assertion(jti="mine")["client_assertion"]
    message, _, signature = good.rpartition(".")
    forged = f"{message}.{signature[:-8]}{'A' * 8}"
    refused(asks(rp, shown(forged)), "invalid_client")
    assert asks(rp, shown(good)).status_code == 200


def test_one_of_fifty_at_once(app: Flask, rp: RelyingParty, signer: SigningParty) -> None:
    assertion, start = signer.assertion(), Barrier(MANY)

    def send(_: int) -> int:
        browser = app.test_client()
        start.wait()
        return browser.post("/oauth/token", data={**ASKED, **assertion}).status_code

    with ThreadPoolExecutor(MANY) as pool:
        assert Counter(pool.map(send, range(MANY))) == {200: 1, 401: MANY - 1}


def test_a_store_that_cannot_answer_refuses(
    store: Store, signer: SigningParty, registered: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is let in whose `jti` could not be counted."""

    @contextmanager
    def down() -> Any:
        raise Unavailable
        yield

    from gateway.oidc.clients.registered import Clients

    clients = Clients(store, signer.clock)
    keys = ClientKeys(Fetcher(store), signer.clock)
    method = methods(ISSUER, keys, store, signer.clock)["private_key_jwt"]
    assert clients.get("signer")
    monkeypatch.setattr(store, "write", down)

    class Sent:
        form = signer.assertion()

    with pytest.raises(Unavailable):
        method(clients.get, Sent())  # type: ignore[arg-type]


def test_unknown_clients_and_bad_signatures_look_alike(
    rp: RelyingParty, signer: SigningParty
) -> None:
    stranger = SigningParty(signer.clock, "nobody")
    answers = [
        asks(rp, stranger.assertion()),
        asks(rp, shown(signer.sign(signer.claims()) + "AA")),
        asks(rp, SigningParty(signer.clock, "bot").assertion()),
    ]
    for answer in answers:
        refused(answer, "invalid_client")
        answer.headers.pop("X-Correlation-Id")
    assert len({(answer.data, tuple(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": f"{ISSUER}/oauth/token"}, "aud is not the issuer, as one string"),
        ({"exp": 1}, "exp, iat or nbf"),
        ({"jti": None}, "jti is missing or was used"),
        ({"iss": "bot"}, "iss is not the client"),
    ],
)
def test_the_operator_is_told_why(
    rp: RelyingParty,
    signer: SigningParty,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, Any],
    why: str,
) -> None:
    with caplog.at_level("INFO", "gatehouse.clients"):
        refused(asks(rp, signer.assertion(**changes)), "invalid_client")
    [record] = caplog.records
    assert (record.client_id, record.why) == ("signer", why)  # type: ignore[attr-defined]
    assert not any(str(value) in record.getMessage() for value in changes.values())


class TestOneWay:
    """A client uses one way, and only the one it registered (RFC 6749, section 2.3)."""

    def test_the_client_named_beside_it_must_be_the_same(
        self, rp: RelyingParty, signer: SigningParty
    ) -> None:
        refused(asks(rp, signer.assertion(), client_id="bot"), "invalid_client")

    def test_with_a_secret_in_the_body(self, rp: RelyingParty, signer: SigningParty) -> None:
        answer = asks(rp, signer.assertion(), client_id="signer", client_secret=SECRET)
        assert answer.get_json()["error"] == "invalid_request"

    def test_with_a_secret_in_the_header(self, rp: RelyingParty, signer: SigningParty) -> None:
        rp.client_id = "signer"
        answer = rp.token(**ASKED, **signer.assertion())
        assert answer.get_json()["error"] == "invalid_request"

    def test_another_type_of_assertion(self, rp: RelyingParty, signer: SigningParty) -> None:
        saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
        answer = asks(rp, signer.assertion() | {"client_assertion_type": saml})
        refused(answer, "invalid_client")

    def test_a_type_without_an_assertion_is_no_public_client(self, native: RelyingParty) -> None:
        asked = {"grant_type": "authorization_code", "code": "c", "code_verifier": "v" * 43}
        answer = native.token(**asked, client_assertion_type="x")
        refused(answer, "invalid_client")

    def test_a_secret_it_did_not_register_to_use(
        self, rp: RelyingParty, signer: SigningParty
    ) -> None:
        rp.client_id = "signer"
        refused(rp.token(**ASKED), "invalid_client")
        body = {**ASKED, "client_id": "signer", "client_secret": SECRET}
        refused(rp.browser.post("/oauth/token", data=body), "invalid_client")

    def test_nothing_at_all(self, rp: RelyingParty, signer: SigningParty) -> None:
        refused(
            rp.browser.post("/oauth/token", data={**ASKED, "client_id": "signer"}), "invalid_client"
        )

    def test_a_client_of_a_secret_cannot_sign(
        self, rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        keys = metadata(token_endpoint_auth_method="client_secret_post")
        add(store, registered, id="both", metadata=keys)
        refused(asks(rp, SigningParty(clock, "both").assertion()), "invalid_client")

    def test_a_public_client_with_keys_cannot_sign(
        self, rp: RelyingParty, store: Store, registered: Client, clock: FakeClock
    ) -> None:
        keys = metadata(token_endpoint_auth_method="none")
        add(store, registered, id="open", metadata=keys, secret_hash=None)
        refused(asks(rp, SigningParty(clock, "open").assertion()), "invalid_client")


class TestKeys:
    """Which of a client's keys counts."""

    def test_without_a_kid_the_only_key_that_fits(
        self, rp: RelyingParty, signer: SigningParty
    ) -> None:
        signer.header = {"kid": None}
        assert asks(rp, signer.assertion()).status_code == 200

    def test_without_a_kid_and_two_that_fit(
        self, rp: RelyingParty, signer: SigningParty, store: Store, registered: Client
    ) -> None:
        jwks = public(OWN["ES256"], STRANGE)
        add(store, registered, id="two", metadata=metadata(jwks=jwks), secret_hash=None)
        two = SigningParty(signer.clock, "two", header={"kid": None})
        refused(asks(rp, two.assertion()), "invalid_client")

    @pytest.mark.parametrize("kid", ["unknown", "rsa", "", "../../etc/passwd", "' OR 1=1"])
    def test_a_kid_that_is_not_the_keys(
        self, rp: RelyingParty, signer: SigningParty, kid: str
    ) -> None:
        signer.header = {"kid": kid}
        status = 200 if kid == "" else 401
        assert asks(rp, signer.assertion()).status_code == status

    def test_a_key_for_encryption_does_not_sign(
        self, rp: RelyingParty, signer: SigningParty, store: Store, registered: Client
    ) -> None:
        jwks = public(OWN["ES256"])
        jwks["keys"][0]["use"] = "enc"
        add(store, registered, id="enc", metadata=metadata(jwks=jwks), secret_hash=None)
        refused(asks(rp, SigningParty(signer.clock, "enc").assertion()), "invalid_client")

    def test_the_registered_algorithm_alone(
        self, rp: RelyingParty, signer: SigningParty, store: Store, registered: Client
    ) -> None:
        only = metadata(token_endpoint_auth_signing_alg="PS256")
        add(store, registered, id="only", metadata=only, secret_hash=None)
        party = SigningParty(signer.clock, "only", "PS256")
        assert asks(rp, party.assertion()).status_code == 200
        party.alg = "RS256"
        refused(asks(rp, party.assertion()), "invalid_client")

    def test_a_weak_key_that_slipped_into_the_store(
        self, rp: RelyingParty, signer: SigningParty, store: Store, registered: Client
    ) -> None:
        weak = {"keys": [*public(OWN["ES256"])["keys"], rsa(1024)]}
        add(store, registered, id="weak", metadata=metadata(jwks=weak), secret_hash=None)
        refused(asks(rp, SigningParty(signer.clock, "weak").assertion()), "invalid_client")


@pytest.mark.parametrize("path", ["revoke", "introspect", "par", "device_authorization"])
@pytest.mark.parametrize("alg", ["ES256", "PS256"])
def test_at_every_endpoint_that_authenticates(
    rp: RelyingParty, signer: SigningParty, path: str, alg: str
) -> None:
    signer.alg = alg
    body = {"token": "unknown", "client_id": "signer", "login_hint": "ada"}
    known = rp.browser.post(f"/oauth/{path}", data={**body, **signer.assertion()})
    assert known.get_json().get("error") != "invalid_client"
    refused(rp.browser.post(f"/oauth/{path}", data=body), "invalid_client")
    stale = {**body, **signer.assertion(exp=1)}
    refused(rp.browser.post(f"/oauth/{path}", data=stale), "invalid_client")


def test_the_backchannel_authenticates_too(rp: RelyingParty, signer: SigningParty) -> None:
    path = "/oauth/backchannel-authentication"
    known = rp.browser.post(path, data={"login_hint": "ada", **signer.assertion()})
    assert known.get_json()["error"] != "invalid_client"
    refused(rp.browser.post(path, data={"client_id": "signer"}), "invalid_client")
