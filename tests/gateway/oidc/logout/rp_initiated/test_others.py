"""Who hears of a logout: clients over the back channel, and in frames."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store.endings import LOGOUT
from tests.gateway.conftest import PASSWORD
from tests.gateway.oidc.logout.rp_initiated.conftest import AFTER, Case, let_in, register
from tests.gateway.oidc.relying_party import claims_of

FRONT = "http://localhost:8081/front"


class TestOthers:
    def test_every_client_of_the_session_loses_its_tokens_and_those_with_a_back_channel_hear(
        self, case: Case
    ) -> None:
        uri = "https://third.example/logout"
        third = register(case.house, "third", backchannel_logout_uri=uri)
        let_in(case.person, third)
        register(case.house, "stranger", backchannel_logout_uri=uri)
        case.logout(id_token_hint=case.hint)
        assert case.alive() == [401, 400]
        with case.house.store.write() as tx:
            rows = tx.outbox.claim(case.house.clock.now(), timedelta(minutes=1), LOGOUT)
        assert [row.payload["client_id"] for row in rows] == ["third"]
        assert rows[0].payload["sid"] == claims_of(case.hint)["sid"]

    def test_introspection_says_so_at_once(self, case: Case) -> None:
        from store.clients import secret_digest
        from tests.gateway.oidc.relying_party import SECRET

        with case.house.store.write() as tx:
            bot = tx.clients.get("bot")
            assert bot
            api = replace(bot, id="api", audience="bot", secret_hash=secret_digest(SECRET))
            tx.clients.add(api)
        asking = {
            "token": case.tokens["access_token"],
            "client_id": "api",
            "client_secret": SECRET,
        }
        client = case.house.app.test_client()
        assert client.post("/oauth/introspect", data=asking).get_json()["active"] is True
        case.logout(id_token_hint=case.hint)
        assert client.post("/oauth/introspect", data=asking).get_json() == {"active": False}

    def test_switching_to_another_person_ends_the_session_of_the_first(self, case: Case) -> None:
        case.house.enrolled("bob", password=PASSWORD)
        case.person.authorize(case.bot, prompt="select_account")
        case.person.fill(case.person.form(action="/account"), account="other")
        assert case.alive() == [401, 400]
        case.person.log_in("bob", PASSWORD)
        assert case.person.arrived["code"]

    def test_a_disabled_account_s_clients_hear_of_it(self, case: Case) -> None:
        heard = register(case.house, "heard", backchannel_logout_uri="https://third.example/logout")
        let_in(case.person, heard)
        with case.house.store.write() as tx:
            alice = tx.accounts.find("alice")
            assert alice
            tx.accounts.set_disabled(alice.id, True)
            rows = tx.outbox.claim(case.house.clock.now(), timedelta(minutes=1), LOGOUT)
        assert [row.payload["client_id"] for row in rows] == ["heard"]
        assert case.alive() == [401, 400]


class TestFrontChannel:
    """OpenID Connect Front-Channel Logout 1.0."""

    @pytest.fixture
    def framed(self, case: Case) -> Case:
        framed = register(case.house, "framed", frontchannel_logout_uri=FRONT)
        let_in(case.person, framed)
        return case

    def test_the_page_holds_a_frame_with_iss_and_sid_and_goes_on(self, framed: Case) -> None:
        sent = {"post_logout_redirect_uri": AFTER, "state": "x"}
        page = framed.logout(id_token_hint=framed.hint, **sent)
        assert page.status_code == 200
        sid = claims_of(framed.hint)["sid"]
        frame = f"{FRONT}?iss=http%3A%2F%2Flocalhost%3A8080&amp;sid={sid}"
        assert f'src="{frame}"' in page.text
        assert f'href="{AFTER}?state=x"' in page.text
        assert "/static/signed_out.js" in page.text
        assert not framed.logged_in()

    def test_only_those_origins_are_framed(self, framed: Case) -> None:
        page = framed.logout(id_token_hint=framed.hint)
        policy = page.headers["Content-Security-Policy"]
        assert "; frame-src http://localhost:8081; " in policy
        assert "frame-ancestors 'none'" in policy
        other = framed.person.client.get("/")
        assert "frame-src" not in other.headers["Content-Security-Policy"]

    def test_our_own_page_shows_them_too(self, framed: Case) -> None:
        framed.person.go("/account")
        page = framed.person.fill(framed.person.form(action="/logout", text="here"))
        assert FRONT in page.text
        assert 'href="/"' in page.text

    def test_nobody_is_framed_who_was_not_let_in(self, case: Case) -> None:
        register(case.house, "framed", frontchannel_logout_uri=FRONT)
        page = case.logout(id_token_hint=case.hint)
        assert "iframe" not in page.text

    def test_discovery(self, case: Case) -> None:
        metadata = case.person.client.get("/.well-known/openid-configuration").get_json()
        for channel in ("backchannel", "frontchannel"):
            assert metadata[f"{channel}_logout_supported"] is True
            assert metadata[f"{channel}_logout_session_supported"] is True
        assert "check_session_iframe" not in metadata
