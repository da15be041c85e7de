"""Rich authorization requests: shown, asked for each time, carried and narrowed (RFC 9396)."""

from __future__ import annotations

import json
from typing import Any

from store import Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.relying_party import RelyingParty, answered, refused
from tests.gateway.oidc.resources.conftest import (
    BANK,
    LIBRARY,
    PAYMENT,
    VECTORS,
    Register,
    allowed,
    asking,
    claims,
    introspected,
    redeem,
)


def test_discovery_knows_the_types(shop: RelyingParty) -> None:
    found = shop.browser.get("/.well-known/openid-configuration").get_json()
    assert found["authorization_details_types_supported"] == ["message", "payment"]


def dumped(*details: dict[str, Any]) -> str:
    return json.dumps(details)


class TestAuthorize:
    def test_what_is_not_of_a_type(self, shop: RelyingParty) -> None:
        """Each in turn: what the types themselves refuse has tests of its own."""
        for sent in [
            *VECTORS["malformed"],
            *map(dumped, VECTORS["bad payments"]),
            dumped({"type": "unknown"}),
            dumped(PAYMENT, {"type": "unknown"}),
            dumped(*[PAYMENT] * 11),
        ]:
            answer = answered(shop.authorize(authorization_details=sent))
            assert answer["error"] == "invalid_authorization_details", sent

    def test_a_type_that_is_not_open_to_the_client(self, register: Register) -> None:
        rp = register("poor", metadata=ClientMetadata())
        answer = answered(rp.authorize(authorization_details=dumped(PAYMENT)))
        assert answer["error"] == "invalid_authorization_details"

    def test_the_person_reads_it_in_words(self, shop: RelyingParty) -> None:
        page = shop.authorize(authorization_details=dumped(PAYMENT)).text
        for said in ("Make a payment", "initiate, status", "123.50 EUR", "Bob", "acc-1"):
            assert said in page

    def test_what_would_not_be_seen_is_named(self, shop: RelyingParty) -> None:
        hidden = {**PAYMENT, "creditor": "\u202e<b>boB</b>\u200b"}
        page = shop.authorize(authorization_details=dumped(hidden)).text
        assert "&lt;b&gt;boB&lt;/b&gt;" in page
        for unseen in ("U+202E", "U+200B"):
            assert f">{unseen}</mark>" in page
        assert "\u202e" not in page

    def test_a_type_that_was_removed_meanwhile_is_shown_all_the_same(
        self, shop: RelyingParty, store: Store
    ) -> None:
        sent = shop.parameters(authorization_details=dumped(PAYMENT))
        page = shop.browser.get("/oauth/authorize", query_string=sent).location
        with store.write() as tx:
            tx.resources.remove(BANK)
        shown = shop.browser.get(page).text
        for said in ("payment", "123.50", "EUR", "Bob", "initiate"):
            assert said in shown

    def test_it_is_asked_each_time(self, shop: RelyingParty) -> None:
        assert allowed(shop, authorization_details=dumped(PAYMENT))
        assert shop.authorize(authorization_details=dumped(PAYMENT)).status_code == 200
        silent = shop.authorize(authorization_details=dumped(PAYMENT), prompt="none")
        assert answered(silent)["error"] == "consent_required"

    def test_no_scope_is_needed(self, shop: RelyingParty) -> None:
        code = allowed(shop, authorization_details=dumped(PAYMENT), scope=None)
        answer = redeem(shop, code)
        assert "scope" not in claims(shop, answer)
        assert not {"scope", "id_token", "refresh_token"} & set(answer.get_json())

    def test_laid_out_for_people(self, shop: RelyingParty) -> None:
        sent = json.dumps([PAYMENT], indent=2)
        assert shop.authorize(authorization_details=sent).status_code == 200


class TestToken:
    def test_what_was_allowed_is_told(self, shop: RelyingParty) -> None:
        answer = redeem(shop, allowed(shop, authorization_details=dumped(PAYMENT)))
        token = answer.get_json()["access_token"]
        assert answer.get_json()["authorization_details"] == [PAYMENT]
        assert claims(shop, answer)["authorization_details"] == [PAYMENT]
        assert introspected(shop, token)["authorization_details"] == [PAYMENT]

    def test_less_may_be_asked_for_and_more_may_not(self, shop: RelyingParty) -> None:
        code = allowed(shop, authorization_details=dumped(PAYMENT))
        for more in ({**PAYMENT, "actions": ["cancel"]}, {**PAYMENT, "creditor": "Eve"}):
            answer = redeem(shop, code, authorization_details=dumped(more))
            refused(answer, "invalid_authorization_details")
        refused(redeem(shop, code, authorization_details="["), "invalid_authorization_details")
        less = {**PAYMENT, "actions": ["status"]}
        answer = redeem(shop, code, authorization_details=dumped(less))
        assert claims(shop, answer)["authorization_details"] == [less]

    def test_nothing_else_that_python_takes_for_the_same(self, shop: RelyingParty) -> None:
        once = {**PAYMENT, "retries": 1}
        code = allowed(shop, authorization_details=dumped(once))
        for other in (True, 1.0):
            sent = dumped({**once, "retries": other})
            refused(redeem(shop, code, authorization_details=sent), "invalid_authorization_details")
        assert redeem(shop, code, authorization_details=dumped(once)).status_code == 200

    def test_what_was_granted_once_is_not_had_twice(self, shop: RelyingParty) -> None:
        code = allowed(shop, authorization_details=dumped(PAYMENT))
        twice = dumped(PAYMENT, {**PAYMENT, "actions": ["status"]})
        refused(redeem(shop, code, authorization_details=twice), "invalid_authorization_details")

    def test_a_refresh_narrows_anew(self, shop: RelyingParty) -> None:
        less = {**PAYMENT, "actions": ["status"]}
        code = allowed(shop, authorization_details=dumped(PAYMENT))
        first = redeem(shop, code, authorization_details=dumped(less)).get_json()
        second = shop.refresh(first["refresh_token"])
        assert second.get_json()["authorization_details"] == [PAYMENT]
        third = shop.refresh(second.get_json()["refresh_token"], authorization_details=dumped(less))
        assert claims(shop, third)["authorization_details"] == [less]

    def test_a_resource_hears_only_what_it_understands(self, shop: RelyingParty) -> None:
        sent = dumped(PAYMENT)
        page = asking(shop, BANK, LIBRARY, authorization_details=sent)
        action = page.text.split('action="')[1].split('"')[0]
        code = answered(shop.browser.post(action, data={"decision": "allow"}))["code"]
        library = redeem(shop, code, LIBRARY)
        assert "authorization_details" not in claims(shop, library)
        bank = shop.refresh(library.get_json()["refresh_token"], resource=BANK)
        assert claims(shop, bank)["authorization_details"] == [PAYMENT]

    def test_nobody_is_there_to_allow_it(self, shop: RelyingParty) -> None:
        asked = {"grant_type": "client_credentials", "authorization_details": dumped(PAYMENT)}
        refused(shop.token(**asked), "invalid_authorization_details")
