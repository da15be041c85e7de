"""Signed request objects (JAR, RFC 9101), in the address and pushed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from store import Store
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, REDIRECT, RelyingParty, answered
from tests.gateway.oidc.signing_party import KINDS, SigningParty, add, metadata

PAR = "/oauth/par"


class Jarring:
    """A client that signs its requests, and the browser it sends."""

    def __init__(self, rp: RelyingParty, party: SigningParty) -> None:
        self.rp, self.party = rp, party

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return a good request as claims; a change to None leaves one out."""
        now = int(self.party.clock.now().timestamp())
        said = {
            **self.rp.parameters(),
            "iss": self.rp.client_id,
            "aud": ISSUER,
            "exp": now + 60,
            "nbf": now,
            "iat": now,
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    def object(self, **changes: Any) -> str:
        return self.party.sign(self.claims(**changes))

    def send(self, request: str, **beside: str) -> TestResponse:
        query = {"client_id": self.rp.client_id, "request": request, **beside}
        answer = self.rp.browser.get("/oauth/authorize", query_string=query)
        if answer.status_code == 303 and answer.location.startswith("/oauth/authorize/"):
            return self.rp.browser.get(answer.location)
        return answer

    def push(self, request: str, **beside: str) -> TestResponse:
        sent = {"request": request, **self.party.assertion(), **beside}
        return self.rp.browser.post(PAR, data=sent)


@pytest.fixture
def jar(rp: RelyingParty, store: Store, registered: Client, clock: FakeClock) -> Jarring:
    add(store, registered, id="signer", metadata=metadata(), secret_hash=None)
    rp.client_id, rp.secret = "signer", None
    header = {"typ": "oauth-authz-req+jwt"}
    return Jarring(rp, SigningParty(clock, header=header))


def denied(jar: Jarring, request: str) -> None:
    """The same refusal on our page, at the registered address, and when it is pushed."""
    page = jar.send(request)
    assert (page.status_code, page.headers.get("Location")) == (400, None)
    told = answered(jar.send(request, redirect_uri=REDIRECT, state="of the address"))
    assert (told["error"], told["state"]) == ("invalid_request_object", "of the address")
    jar.party.header = {}
    answer = jar.push(request)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request_object")


class TestGood:
    """What is signed is what counts."""

    @pytest.mark.parametrize("alg", sorted(KINDS))
    def test_every_algorithm(self, jar: Jarring, alg: str) -> None:
        jar.party.alg = alg
        told = answered(jar.send(jar.object(state="signed")))
        assert (told["state"], told["iss"]) == ("signed", ISSUER)
        assert told["code"]

    @pytest.mark.parametrize("typ", [None, "JWT", "application/oauth-authz-req+jwt"])
    def test_types_that_fit(self, jar: Jarring, typ: str | None) -> None:
        jar.party.header = {"typ": typ}
        assert "code" in answered(jar.send(jar.object()))

    def test_what_stands_beside_it_is_ignored(self, jar: Jarring) -> None:
        beside = {
            "scope": "email",
            "state": "beside",
            "response_type": "token",
            "redirect_uri": "https://evil.example",
            "nonce": "beside",
        }
        told = answered(jar.send(jar.object(scope="openid", nonce=None), **beside))
        assert told["state"] == "a state"

    def test_nothing_is_filled_in_from_beside_it(self, jar: Jarring) -> None:
        request = jar.object(code_challenge=None)
        told = answered(jar.send(request, code_challenge="x" * 43))
        assert told["error"] == "invalid_request"

    def test_audiences(self, jar: Jarring) -> None:
        several = jar.object(aud=["https://other.example", ISSUER])
        assert "code" in answered(jar.send(several))

    def test_numbers_are_numbers(self, jar: Jarring) -> None:
        assert "code" in answered(jar.send(jar.object(max_age=3600)))

    def test_by_post(self, jar: Jarring) -> None:
        sent = {"client_id": "signer", "request": jar.object()}
        answer = jar.rp.browser.post("/oauth/authorize", data=sent)
        assert answer.status_code == 303
        assert "request=" in answer.location
        assert jar.rp.browser.get(answer.location).status_code == 303

    def test_pushed(self, jar: Jarring) -> None:
        request = jar.object(state="signed", scope="openid")
        jar.party.header = {}
        answer = jar.push(request, state="beside", scope="openid email")
        assert answer.status_code == 201, answer.text
        query = {"client_id": "signer", "request_uri": answer.get_json()["request_uri"]}
        kept = jar.rp.browser.get(f"/oauth/authorize?{urlencode(query)}")
        told = answered(jar.rp.browser.get(kept.location))
        assert told["state"] == "signed"

    def test_its_own_checks_are_told_where_it_says(self, jar: Jarring) -> None:
        told = answered(jar.send(jar.object(scope="admin")))
        assert (told["error"], told["state"]) == ("invalid_scope", "a state")

    def test_an_address_that_is_not_registered(self, jar: Jarring) -> None:
        answer = jar.send(jar.object(redirect_uri="https://evil.example/cb"))
        assert (answer.status_code, answer.headers.get("Location")) == (400, None)

    def test_discovery(self, jar: Jarring) -> None:
        found = jar.rp.browser.get("/.well-known/openid-configuration").get_json()
        assert found["request_parameter_supported"] is True
        assert found["request_uri_parameter_supported"] is False
        algorithms = found["request_object_signing_alg_values_supported"]
        assert set(algorithms) == set(KINDS)
        assert not {"none", "HS256"} & set(algorithms)


class TestRefused:
    """What the client did not sign, or must not say."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "bot"},
            {"iss": None},
            {"client_id": "bot"},
            {"client_id": None},
            {"aud": None},
            {"aud": "https://other.example"},
            {"aud": f"{ISSUER}/"},
            {"aud": []},
            {"exp": None},
            {"exp": 1},
            {"exp": "later"},
            {"nbf": "x"},
            {"sub": "signer"},
            {"request": "e30.e30."},
            {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
            {"scope": ["openid"]},
            {"max_age": True},
            {"max_age": 1.5},
            {"nonce": {"a": 1}},
            {"state": None, "prompt": [None]},
        ],
    )
    def test_claims_that_do_not_hold(self, jar: Jarring, changes: dict[str, Any]) -> None:
        denied(jar, jar.object(**changes))

    @pytest.mark.parametrize(
        ("claim", "seconds", "good"),
        [
            ("exp", 3600, True),
            ("exp", 3601, False),
            ("exp", 0, False),
            ("nbf", 9, True),
            ("nbf", 61, False),
            ("iat", 9, True),
            ("iat", 61, False),
        ],
    )
    def test_clocks(self, jar: Jarring, claim: str, seconds: int, good: bool) -> None:
        now = int(jar.party.clock.now().timestamp())
        request = jar.object(**{claim: now + seconds})
        if good:
            assert "code" in answered(jar.send(request))
        else:
            denied(jar, request)

    @pytest.mark.parametrize(
        "typ", ["at+jwt", "dpop+jwt", "client-authentication+jwt", "logout+jwt", "secevent+jwt"]
    )
    def test_types_of_other_tokens(self, jar: Jarring, typ: str) -> None:
        jar.party.header = {"typ": typ}
        denied(jar, jar.object())

    def test_a_client_assertion_is_no_request(self, jar: Jarring) -> None:
        jar.party.header = {}
        denied(jar, jar.party.assertion()["client_assertion"])

    def test_a_request_is_no_client_assertion(self, jar: Jarring) -> None:
        request, jar.party.header = jar.object(), {}
        sent = {"grant_type": "client_credentials", **jar.party.assertion()}
        answer = jar.rp.browser.post("/oauth/token", data={**sent, "client_assertion": request})
        assert answer.get_json() == {"error": "invalid_client"}

    def test_another_clients_key(self, jar: Jarring, store: Store, registered: Client) -> None:
        add(store, registered, id="twin", metadata=metadata(), secret_hash=None)
        twin = SigningParty(jar.party.clock, "twin", header={"kid": "other"})
        denied(jar, twin.sign(jar.claims()))

    def test_a_client_without_keys(self, jar: Jarring) -> None:
        jar.rp.client_id = "bot"
        told = answered(jar.send(jar.object(iss="bot"), redirect_uri=REDIRECT))
        assert told["error"] == "invalid_request_object"

    def test_an_encrypted_one(self, jar: Jarring) -> None:
        denied(jar, "e30.AA.AA.AA.AA")

    def test_twice(self, jar: Jarring) -> None:
        query = {"client_id": "signer", "request": [jar.object(), jar.object()]}
        assert jar.rp.browser.get("/oauth/authorize", query_string=query).status_code == 400

    def test_the_registered_algorithm_alone(
        self, jar: Jarring, store: Store, registered: Client
    ) -> None:
        only = metadata(request_object_signing_alg="PS256")
        add(store, registered, id="only", metadata=only, secret_hash=None)
        jar.rp.client_id = jar.party.client_id = "only"
        assert jar.send(jar.object()).status_code == 400
        jar.party.alg = "PS256"
        assert "code" in answered(jar.send(jar.object()))


def test_a_client_that_must_sign(jar: Jarring, store: Store, registered: Client) -> None:
    strict = metadata(require_signed_request_object=True)
    add(store, registered, id="strictly", metadata=strict, secret_hash=None)
    jar.rp.client_id = jar.party.client_id = "strictly"
    assert answered(jar.rp.authorize())["error"] == "invalid_request"
    assert "code" in answered(jar.send(jar.object()))
    jar.party.header = {}
    plain = {**jar.rp.parameters(), **jar.party.assertion()}
    answer = jar.rp.browser.post(PAR, data=plain)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
