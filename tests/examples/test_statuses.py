"""The resource server kit refuses what a status list says is revoked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey
from resource_server.statuses import Statuses
from resource_server.verifier import InvalidToken, Verifier

from gateway.oidc.issued.status_list import compressed

ISSUER = "https://gateway.example"
URI = f"{ISSUER}/oauth/status-lists/7"
KEY = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})
NOW = 1_800_000_000


class Issuer:
    """Signs one list; counts how often it is asked, and can be down."""

    def __init__(self) -> None:
        self.now = float(NOW)
        self.asked = 0
        self.down = False
        self.key = KEY
        self.typ = "statuslist+jwt"
        self.claims: dict[str, Any] = {
            "sub": URI,
            "exp": NOW + 300,
            "ttl": 15,
            "status_list": {"bits": 1, "lst": compressed([5])},
        }

    def fetch(self, uri: str) -> str:
        self.asked += 1
        if self.down or uri != URI:
            raise OSError
        header = {"alg": "ES256", "kid": "one", "typ": self.typ}
        return jws.serialize_compact(header, json.dumps(self.claims), self.key)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def statuses(issuer: Issuer) -> Statuses:
    keys = {"keys": [KEY.as_dict(private=False)]}
    verifier = Verifier(ISSUER, "api", lambda: keys, lambda: issuer.now)
    return Statuses(verifier, issuer.fetch)


def at(index: object, uri: str = URI) -> dict[str, Any]:
    return {"status": {"status_list": {"idx": index, "uri": uri}}}


def test_what_is_revoked_is_refused_and_nothing_else(statuses: Statuses, issuer: Issuer) -> None:
    statuses.check({})
    statuses.check(at(4))
    with pytest.raises(InvalidToken, match="revoked"):
        statuses.check(at(5))
    assert issuer.asked == 1


def test_a_list_is_fetched_anew_after_its_time(statuses: Statuses, issuer: Issuer) -> None:
    statuses.check(at(4))
    issuer.claims["status_list"]["lst"] = compressed([4])
    statuses.check(at(4))
    issuer.now += 15
    with pytest.raises(InvalidToken):
        statuses.check(at(4))


def test_it_goes_on_while_the_issuer_is_down_and_not_for_ever(
    statuses: Statuses, issuer: Issuer
) -> None:
    statuses.check(at(4))
    issuer.down = True
    issuer.now += 200
    statuses.check(at(4))
    issuer.now += 200
    with pytest.raises(InvalidToken, match="cannot be had"):
        statuses.check(at(4))


WRONG: dict[str, dict[str, Any]] = {
    "another's": {"sub": f"{ISSUER}/oauth/status-lists/8"},
    "over": {"exp": NOW},
    "two bits": {"status_list": {"bits": 2, "lst": compressed([])}},
    "a bomb": {"status_list": {"bits": 1, "lst": compressed([], 2**24)}},
    "no list": {"status_list": 7},
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_wrong_list_says_nothing(
    statuses: Statuses, issuer: Issuer, change: dict[str, Any]
) -> None:
    issuer.claims |= change
    with pytest.raises(InvalidToken):
        statuses.check(at(4))


def test_a_forged_list_says_nothing(statuses: Statuses, issuer: Issuer) -> None:
    issuer.key = OTHER
    with pytest.raises(InvalidToken):
        statuses.check(at(4))


def test_an_access_token_is_no_list(statuses: Statuses, issuer: Issuer) -> None:
    issuer.typ = "at+jwt"
    with pytest.raises(InvalidToken):
        statuses.check(at(4))


@pytest.mark.parametrize(
    "claims",
    [at(-1), at("4"), at(True), at(2**20), at(4, "https://evil.example/oauth/status-lists/7")],
    ids=["negative", "text", "bool", "behind the end", "elsewhere"],
)
def test_a_place_that_is_none_is_refused(statuses: Statuses, claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        statuses.check(claims)
