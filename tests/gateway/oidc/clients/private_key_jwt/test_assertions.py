"""What an assertion of a client must say to be taken (RFC 7523)."""

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
from store.clients import Client
from tests.gateway.oidc.clients.private_key_jwt.conftest import ASKED, asks
from tests.gateway.oidc.relying_party import ISSUER, RelyingParty, refused
from tests.gateway.oidc.signing_party import (
    KINDS,
    SigningParty,
    add,
    metadata,
    shown,
)

MANY = 50


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
