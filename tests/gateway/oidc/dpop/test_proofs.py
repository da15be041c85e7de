"""Proofs over many workers, and those that come with a pushed request (RFC 9449, section 10.1)."""

from __future__ import annotations

from collections import Counter

import pytest
from authlib.oauth2.rfc6749 import InvalidRequestError
from werkzeug.datastructures import Headers

from gateway.oidc.dpop import htu
from gateway.oidc.dpop.errors import InvalidDPoPProof, UseDPoPNonce
from gateway.oidc.dpop.proofs import Proofs
from store import Store
from store.keys_file import Keys
from tests.fakes.clock import FakeClock
from tests.fakes.race import RUNNERS, race
from tests.gateway.oidc.prover import Prover
from tests.gateway.oidc.relying_party import ISSUER

PAR = "/oauth/par"


@pytest.fixture
def proofs(store: Store, clock: FakeClock) -> Proofs:
    return Proofs(store, clock, ISSUER, nonce_required=False)


def sent(prover: Prover) -> Headers:
    return Headers(prover.headers(url=f"{ISSUER}{PAR}"))


def test_one_proof_at_the_same_instant(proofs: Proofs, prover: Prover) -> None:
    headers = sent(prover)

    def prove() -> str | None:
        try:
            return proofs.proven(headers, "POST", PAR)
        except InvalidDPoPProof:
            return None

    assert Counter(race(prove)) == {prover.jkt: 1, None: RUNNERS - 1}


def test_workers_know_each_others_proofs_and_nonces(
    urls: tuple[str, str], keys: Keys, clock: FakeClock, prover: Prover
) -> None:
    stores = [
        Store(database_url=urls[0], keystore_url=urls[1], keys=keys, clock=clock) for _ in range(2)
    ]
    here, there = (Proofs(each, clock, ISSUER, nonce_required=True) for each in stores)
    prover.nonce = here.nonces.current()
    headers = sent(prover)
    assert there.proven(headers, "POST", PAR) == prover.jkt
    with pytest.raises(InvalidDPoPProof):
        here.proven(headers, "POST", PAR)
    for each in stores:
        each.close()


def test_a_nonce_of_another_house(proofs: Proofs, prover: Prover) -> None:
    prover.nonce = "0" * 64
    with pytest.raises(UseDPoPNonce):
        proofs.proven(sent(prover), "POST", PAR)


def test_a_pushed_request_is_bound_by_proof_or_parameter(proofs: Proofs, prover: Prover) -> None:
    assert proofs.bound_to(sent(prover), PAR, None) == prover.jkt
    assert proofs.bound_to(sent(prover), PAR, prover.jkt) == prover.jkt
    assert proofs.bound_to(Headers(), PAR, prover.jkt) == prover.jkt
    assert proofs.bound_to(Headers(), PAR, None) is None


def test_a_pushed_request_is_not_bound_to_two_keys(
    proofs: Proofs, prover: Prover, clock: FakeClock
) -> None:
    with pytest.raises(InvalidRequestError):
        proofs.bound_to(sent(prover), PAR, Prover(clock).jkt)


def test_an_issuer_with_a_path(store: Store, clock: FakeClock, prover: Prover) -> None:
    proofs = Proofs(store, clock, "https://id.example/tenant/", nonce_required=False)
    headers = Headers(prover.headers(url="https://ID.example:443/tenant/oauth/par"))
    assert proofs.proven(headers, "POST", PAR) == prover.jkt


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://id.example", "https://id.example/"),
        ("https://ID.EXAMPLE:443/", "https://id.example/"),
        ("https://id.example/%7ea/%2f", "https://id.example/~a/%2F"),
        ("https://[::1]:8443/a?b=c", "https://[::1]:8443/a"),
    ],
)
def test_uris_that_are_the_same(given: str, url: str) -> None:
    assert htu.matches(given, url)


@pytest.mark.parametrize(
    "given",
    ["", "https://id.example/a%2Fb", "https://id.example/A/b", "https://id.example/a/b/", "é", 1],
)
def test_uris_that_are_not(given: object) -> None:
    assert not htu.matches(given, "https://id.example/a/b")
