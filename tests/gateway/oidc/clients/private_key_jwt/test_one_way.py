"""A client proves itself by one way alone, and by a key that it registered."""

from __future__ import annotations

import pytest

from store import Store
from store.clients import Client
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.clients.private_key_jwt.conftest import ASKED, asks
from tests.gateway.oidc.relying_party import SECRET, RelyingParty, refused
from tests.gateway.oidc.signing_party import (
    OWN,
    STRANGE,
    SigningParty,
    add,
    metadata,
    public,
    rsa,
)


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
