"""What nobody would send: refused by a code of the RFCs, at once, and never with a 500."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.gateway.oidc.relying_party import RelyingParty, answered
from tests.gateway.oidc.resources.conftest import BANK, PAYMENT, asking, posted

DETAILS = {
    "deep": "[" * 8000,
    "deep objects": '{"type":' * 900,
    "a huge number": "[" + "1" * 8000 + "]",
    "a huge exponent": '[{"type":"payment","retries":1e9999}]',
    "a lone surrogate": '[{"type":"\\udfff"}]',
    "NUL": "\0",
    "NUL escaped": '[{"type":"payment","creditor":"\\u0000"}]',
    "a type like a member": '[{"type":"__class__"}]',
    "a list as a type": '[{"type":["payment"]}]',
    "an object as a member": json.dumps([{**PAYMENT, "creditor": {"$gt": ""}}]),
    "a list in a list": json.dumps([{**PAYMENT, "actions": [["initiate"]]}]),
    "longer than any": json.dumps([{**PAYMENT, "creditor": "x" * 100_000}]),
    "many": json.dumps([PAYMENT] * 60),
    "not UTF-8": "\udc80",
    "BOM": "\ufeff[]",
    "comment": "[]//",
    "a trailing comma": "[{},]",
}
RESOURCES = {
    "NUL": "https://bank.example/\0",
    "a lone surrogate": "https://bank.example/\udc80",
    "a line break": "https://bank.example/\r\nX: y",
    "longer than any": "https://bank.example/" + "x" * 100_000,
    "SQL": "x:' OR '1'='1",
    "a bidirectional override": "https://bank.example/\u202e",
    "user information": "https://bank.example@evil.example/api",
    "dot segments": "https://bank.example/x/../api",
    "encoded": "https://bank.example/%61pi",
}


def at_once(call: Callable[[], TestResponse]) -> TestResponse:
    started = time.perf_counter()
    answer = call()
    assert time.perf_counter() - started < 0.5
    assert answer.status_code < 500
    return answer


@pytest.fixture(autouse=True)
def warm(shop: RelyingParty) -> None:
    """The first request of a test loads what later ones find."""
    shop.code()


@pytest.mark.parametrize("name", DETAILS)
def test_authorization_details(shop: RelyingParty, name: str) -> None:
    sent = {"authorization_details": DETAILS[name].encode("utf-8", "surrogatepass")}
    query = {**shop.parameters(), **sent}
    answer = at_once(lambda: shop.browser.get("/oauth/authorize", query_string=query))
    assert answered(answer)["error"] in {"invalid_authorization_details", "invalid_request"}


@pytest.mark.parametrize("name", DETAILS)
def test_authorization_details_of_a_token(shop: RelyingParty, name: str) -> None:
    body = {
        "grant_type": "authorization_code",
        "code": shop.code(),
        "redirect_uri": shop.redirect_uri,
        "code_verifier": shop.verifier,
        "authorization_details": DETAILS[name].encode("utf-8", "surrogatepass"),
    }
    answer = at_once(lambda: shop.browser.post("/oauth/token", data=body, headers=shop.basic()))
    assert answer.get_json()["error"] == "invalid_authorization_details"


@pytest.mark.parametrize("name", RESOURCES)
def test_resource(shop: RelyingParty, name: str) -> None:
    sent = RESOURCES[name].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = at_once(lambda: asking(shop, sent))
    assert answered(answer)["error"] in {"invalid_target", "invalid_request"}


@pytest.mark.parametrize("name", RESOURCES)
def test_resource_of_a_token(shop: RelyingParty, name: str) -> None:
    sent = RESOURCES[name].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    body = [("grant_type", "client_credentials"), ("resource", sent), ("resource", BANK)]
    for asked in (body, body[:2]):
        answer = at_once(lambda asked=asked: posted(shop, asked))
        assert answer.get_json()["error"] == "invalid_target"
