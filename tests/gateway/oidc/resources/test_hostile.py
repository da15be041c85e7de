"""What nobody would send: refused by a code of the RFCs, at once, and never with a 500."""

from __future__ import annotations

import json

import pytest

from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types.declared import Declared, declarations
from tests.gateway.oidc.relying_party import RelyingParty, answered
from tests.gateway.oidc.resources.conftest import BANK, PAYMENT, VECTORS, asking, posted
from tests.timing import AT_ONCE, quickest

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


@pytest.mark.parametrize("name", DETAILS)
def test_details_are_judged_within_fifty_milliseconds(name: str) -> None:
    def refuse() -> None:
        with pytest.raises(ValueError, match=r"."):
            checked(DETAILS[name])

    assert quickest(refuse)[1] < AT_ONCE


def checked(sent: str) -> None:
    for detail in rfc9396.parsed(sent):
        Declared("payment", declarations(VECTORS["declarations"])["payment"]).check(detail)


def test_hostile_details_are_refused(shop: RelyingParty) -> None:
    for name, details in DETAILS.items():
        sent = {"authorization_details": details.encode("utf-8", "surrogatepass")}
        query = {**shop.parameters(), **sent}
        answer = shop.browser.get("/oauth/authorize", query_string=query)
        refusals = {"invalid_authorization_details", "invalid_request"}
        assert answered(answer)["error"] in refusals, name


def test_at_the_token_endpoint_they_consume_nothing(shop: RelyingParty) -> None:
    """The code is there for the next try: nothing is consumed."""
    code = shop.code()
    for name, details in DETAILS.items():
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": shop.redirect_uri,
            "code_verifier": shop.verifier,
            "authorization_details": details.encode("utf-8", "surrogatepass"),
        }
        answer = shop.browser.post("/oauth/token", data=body, headers=shop.basic())
        assert answer.get_json()["error"] == "invalid_authorization_details", name


def test_a_hostile_resource_is_no_target(shop: RelyingParty) -> None:
    for name, resource in RESOURCES.items():
        sent = resource.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        error = answered(asking(shop, sent))["error"]
        assert error in {"invalid_target", "invalid_request"}, name


def test_nor_is_it_at_the_token_endpoint(shop: RelyingParty) -> None:
    for name, resource in RESOURCES.items():
        sent = resource.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        body = [("grant_type", "client_credentials"), ("resource", sent), ("resource", BANK)]
        for asked in (body, body[:2]):
            assert posted(shop, asked).get_json()["error"] == "invalid_target", name
