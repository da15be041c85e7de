from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from contracts.clock import Clock
from gateway.oidc.authorize.asked import Asked, Knowledge
from gateway.oidc.authorize.checks import CHECKS, Check
from gateway.oidc.authorize.checks.characters import LONGEST, check_characters
from gateway.oidc.authorize.errors import AuthorizationError, InvalidRequest
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.resources import rfc9396
from store import Store
from tests.gateway.oidc.authorize.test_redirect_uri import client
from tests.gateway.oidc.relying_party import ISSUER, challenge

GOOD = {
    "response_type": "code",
    "scope": "openid",
    "code_challenge": challenge("v" * 43),
    "code_challenge_method": "S256",
}


Refusals = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def refusals(store: Store, clock: Clock) -> Refusals:
    """Return which checks refuse a good request with these changes, and how."""
    knowledge = Knowledge(ISSUER, store, clock, KeyRing(store, clock))

    def found(**changes: str | None) -> list[tuple[str, str]]:
        sent = Parameters({name: [value] for name, value in {**GOOD, **changes}.items() if value})
        return [how for check in CHECKS for how in _refused(check, sent, knowledge)]

    return found


def _refused(check: Check, sent: Parameters, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    try:
        check(Asked(sent, client("bot"), knowledge))
    except AuthorizationError as error:
        yield check.__name__, error.error


def test_a_good_request_passes_every_check(refusals: Refusals) -> None:
    assert refusals() == []
    everything = {
        "prompt": "login consent",
        "max_age": "0",
        "acr_values": "a b",
        "nonce": "n" * 255,
    }
    assert refusals(**everything, response_mode="query", claims="{}", stranger="ignored") == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x" * 42}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"acr_values": " ".join(map(str, range(11)))}, "invalid_request"),
        ({"login_hint": "x" * 256}, "invalid_request"),
        ({"nonce": "a\x00b"}, "invalid_request"),
        ({"ui_locales": "x" * 2049}, "invalid_request"),
        ({"response_mode": "form_post.jwt"}, "invalid_request"),
        ({"claims": "null"}, "invalid_request"),
        ({"claims": '{"id_token": null, "id_token": null}'}, "invalid_request"),
        ({"id_token_hint": "ey"}, "invalid_request"),
        ({"request_uri": "https://bot.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_one_check_refuses(refusals: Refusals, changes: dict[str, str | None], error: str) -> None:
    [(_, found)] = refusals(**changes)
    assert found == error


def test_the_first_check_that_refuses_is_the_one_that_is_told(refusals: Refusals) -> None:
    names = [name for name, _ in refusals(request_uri="x", response_type=None, scope=None)]
    assert names == ["check_request_object", "check_response_type", "check_scope"]


@pytest.mark.parametrize("way", ["pushed", "signed"])
def test_what_need_not_fit_into_an_address_may_be_longer(
    store: Store, clock: Clock, way: str
) -> None:
    """A message to agree to is long, is laid out in lines, and is written in any script."""
    knowledge = Knowledge(ISSUER, store, clock, KeyRing(store, clock))

    def passes(characters: int, **how: bool) -> bool:
        details = "[\n\t{}]\u200d" + "x" * (characters - 7)
        sent = Parameters({"authorization_details": [details]})
        try:
            check_characters(Asked(sent, client("bot"), knowledge, **how))
        except InvalidRequest:
            return False
        return True

    assert passes(LONGEST)
    assert not passes(LONGEST + 1)
    assert passes(rfc9396.LONGEST, **{way: True})
    assert not passes(rfc9396.LONGEST + 1, **{way: True})
