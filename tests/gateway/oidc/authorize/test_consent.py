from __future__ import annotations

from dataclasses import replace

from store import Client, Store
from store.client_metadata import ClientMetadata
from tests.gateway.oidc.relying_party import RelyingParty, Visitor, answered, shown


class TestConsent:
    def page(self, rp: RelyingParty, **changes: str) -> str:
        sent = rp.parameters(**{"client_id": "asks", **changes})
        return rp.browser.get("/oauth/authorize", query_string=sent).location

    def test_the_page_says_who_and_what(self, rp: RelyingParty) -> None:
        answer = rp.browser.get(self.page(rp))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        for said in ("Bot", "bot.example", "See your e-mail address", "offline_access"):
            assert said in answer.text

    def test_what_follows_a_private_scheme_is_no_host(
        self, rp: RelyingParty, store: Store, registered: Client
    ) -> None:
        """RFC 8252, section 7.1: an app chooses it freely, also so that it looks like a bank."""
        uri = "com.example.app://bank.example/cb"
        native = ClientMetadata(application_type="native")
        client = replace(registered, id="app", redirect_uris=(uri,), metadata=native)
        with store.write() as tx:
            tx.clients.add(replace(client, consent=True))
        page = self.page(rp, client_id="app", redirect_uri=uri)
        text = rp.browser.get(page).text
        assert "com.example.app:" in text
        assert "bank.example" not in text

    def test_allow_is_remembered(self, rp: RelyingParty) -> None:
        allowed = rp.browser.post(shown(rp, self.page(rp)), data={"decision": "allow"})
        assert "code" in answered(allowed)
        assert "code" in answered(rp.browser.get(self.page(rp)))

    def test_more_scope_asks_again_and_so_does_prompt(self, rp: RelyingParty) -> None:
        action = shown(rp, self.page(rp, scope="openid"))
        assert "code" in answered(rp.browser.post(action, data={"decision": "allow"}))
        assert rp.browser.get(self.page(rp, scope="openid email")).status_code == 200
        assert rp.browser.get(self.page(rp, scope="openid", prompt="consent")).status_code == 200

    def test_prompt_asks_even_a_trusted_client(self, rp: RelyingParty) -> None:
        assert rp.authorize(prompt="consent").status_code == 200

    def test_deny(self, rp: RelyingParty) -> None:
        page = self.page(rp)
        denied = rp.browser.post(page, data={"decision": "deny"})
        assert answered(denied)["error"] == "access_denied"
        assert rp.browser.get(page).status_code == 410

    def test_anything_else_is_no_decision(self, rp: RelyingParty) -> None:
        assert rp.browser.post(self.page(rp), data={"decision": "maybe"}).status_code == 400

    def test_allow_without_a_login_goes_back(self, rp: RelyingParty, visitor: Visitor) -> None:
        page = self.page(rp)
        action = shown(rp, page)
        visitor.assurance = None
        answer = rp.browser.post(action, data={"decision": "allow"})
        assert (answer.status_code, answer.location) == (303, page)
