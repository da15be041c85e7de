"""OpenID Connect RP-Initiated Logout 1.0, at the whole application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from werkzeug.test import TestResponse

from store.client_metadata import ClientMetadata
from store.endings import LOGOUT
from tests.gateway.conftest import PASSWORD, House
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.relying_party import claims_of
from tests.walks.person import REDIRECT, Chatbot, Person

AFTER = "https://bot.example/after"
AFTER_QUERY = "https://bot.example/after?page=1"
FRONT = "http://localhost:8081/front"


@dataclass
class Case:
    """Alice, logged in to the chatbot `bot` in her browser."""

    house: House
    person: Person
    bot: Chatbot
    tokens: dict[str, Any]

    @property
    def hint(self) -> str:
        found: str = self.tokens["id_token"]
        return found

    def logout(self, **sent: str | None) -> TestResponse:
        given = {name: value for name, value in sent.items() if value is not None}
        return self.person.client.get("/oauth/logout", query_string=given)

    def alive(self) -> list[int]:
        """Return what UserInfo and a refresh answer."""
        bearer = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        refresh = {
            "grant_type": "refresh_token",
            "refresh_token": self.tokens["refresh_token"],
            "client_id": "bot",
        }
        client = self.house.app.test_client()
        refreshed = client.post("/oauth/token", data=refresh)
        known = client.get("/oauth/userinfo", headers=bearer).status_code
        if refreshed.status_code == 200:
            self.tokens = {**self.tokens, **refreshed.get_json(), "id_token": self.hint}
        return [known, refreshed.status_code]

    def logged_in(self) -> bool:
        return "alice" in self.person.client.get("/").text


def register(house: House, client_id: str, **metadata: Any) -> Chatbot:
    bot = house.chatbot(client_id, acr="aal1")
    with house.store.write() as tx:
        client = tx.clients.get(client_id)
        assert client
        tx.clients.remove(client_id)
        tx.clients.add(replace(client, metadata=ClientMetadata(**metadata)))
    return bot


def let_in(person: Person, bot: Chatbot) -> dict[str, Any]:
    person.authorize(bot, scope="openid offline_access")
    if not person.arrived:
        person.log_in("alice", PASSWORD)
    answer = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"]))
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def case(house: House) -> Case:
    house.enrolled("alice", password=PASSWORD)
    bot = register(house, "bot", post_logout_redirect_uris=(AFTER, AFTER_QUERY))
    person = house.person()
    return Case(house, person, bot, let_in(person, bot))


def asked(case: Case, answer: TestResponse) -> None:
    assert answer.status_code == 200
    assert "Log out?" in answer.text
    assert case.logged_in()


def refused(case: Case, answer: TestResponse) -> None:
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert case.logged_in()
    assert case.alive() == [200, 200]


class TestPlan:
    """The modules of the OpenID Foundation's RP-initiated logout plan, by their names."""

    def test_oidcc_rp_initiated_logout(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER, state="x y&z")
        assert answer.status_code == 303
        assert answer.location.partition("?")[0] == AFTER
        assert parse_qs(urlsplit(answer.location).query) == {"state": ["x y&z"]}
        assert not case.logged_in()
        assert case.alive() == [401, 400]

    def test_oidcc_rp_initiated_logout_bad_id_token_hint(self, case: Case) -> None:
        for bad in ("nonsense", "a.b.c", case.tokens["access_token"], "e30.e30."):
            refused(case, case.logout(id_token_hint=bad, post_logout_redirect_uri=AFTER))
            refused(case, case.logout(id_token_hint=bad))

    def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(self, case: Case) -> None:
        refused(case, case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER + "x"))

    def test_oidcc_rp_initiated_logout_modified_id_token_hint(self, case: Case) -> None:
        head, claims, signature = case.hint.split(".")
        first = "A" if signature[0] != "A" else "B"
        modified = f"{head}.{claims}.{first}{signature[1:]}"
        refused(case, case.logout(id_token_hint=modified, post_logout_redirect_uri=AFTER))

    def test_oidcc_rp_initiated_logout_no_id_token_hint(self, case: Case) -> None:
        asked(case, case.logout(post_logout_redirect_uri=AFTER, state="x"))
        case.person.page = case.logout(post_logout_redirect_uri=AFTER, state="x")
        done = case.person.fill(case.person.form(action="/oauth/logout/confirm"))
        assert done.status_code == 200
        assert "You are logged out" in done.text
        assert AFTER not in done.text

    def test_oidcc_rp_initiated_logout_no_params(self, case: Case) -> None:
        asked(case, case.logout())
        case.person.page = case.logout()
        case.person.fill(case.person.form(action="/oauth/logout/confirm"))
        assert not case.logged_in()
        assert case.alive() == [401, 400]

    def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, state="x")
        assert answer.status_code == 200
        assert "You are logged out" in answer.text
        assert not case.logged_in()

    def test_oidcc_rp_initiated_logout_no_state(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER)
        assert (answer.status_code, answer.location) == (303, AFTER)

    def test_oidcc_rp_initiated_logout_only_state(self, case: Case) -> None:
        asked(case, case.logout(state="x"))

    def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
        self, case: Case
    ) -> None:
        uri = f"{AFTER}?foo=bar"
        refused(case, case.logout(id_token_hint=case.hint, post_logout_redirect_uri=uri))

    def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(self, case: Case) -> None:
        metadata = case.person.client.get("/.well-known/openid-configuration").get_json()
        assert metadata["end_session_endpoint"] == "http://localhost:8080/oauth/logout"


class TestWhoIsMeant:
    def test_an_expired_hint_is_as_good_as_any(self, case: Case) -> None:
        case.house.clock.advance(timedelta(minutes=50))
        answer = case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER)
        assert answer.location == AFTER
        assert not case.logged_in()

    def test_a_hint_of_an_earlier_session_of_the_same_person_is_suspect(self, case: Case) -> None:
        hint = case.hint
        case.logout(id_token_hint=hint)
        case.tokens = let_in(case.person, case.bot)
        asked(case, case.logout(id_token_hint=hint, post_logout_redirect_uri=AFTER))

    def test_a_hint_of_somebody_else_asks_first(self, case: Case) -> None:
        case.house.enrolled("mallory", password=PASSWORD)
        other = case.house.person()
        other.authorize(case.bot, scope="openid")
        other.log_in("mallory", PASSWORD)
        sent = case.bot.redemption(other.arrived["code"])
        hint = other.client.post("/oauth/token", data=sent).get_json()["id_token"]
        asked(case, case.logout(id_token_hint=hint, post_logout_redirect_uri=AFTER))

    def test_a_hint_that_names_this_session_but_another_person_asks_first(self, case: Case) -> None:
        key = private_key(case.house.store)
        claims = {**claims_of(case.hint), "sub": "mallory"}
        hint = jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "JWT"}, claims, key)
        asked(case, case.logout(id_token_hint=hint))

    def test_a_client_id_without_a_hint_asks_and_then_goes_back(self, case: Case) -> None:
        sent = {"client_id": "bot", "post_logout_redirect_uri": AFTER, "state": "x"}
        page = case.logout(**sent)
        asked(case, page)
        assert "Bot" in page.text
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith("form-action 'self' https://bot.example")
        case.person.page = page
        form = case.person.form(action="/oauth/logout/confirm")
        done = case.person.client.post(form.action, data=form.fields)
        assert (done.status_code, done.location) == (303, f"{AFTER}?state=x")
        assert not case.logged_in()

    def test_the_answer_to_the_page_is_checked_again(self, case: Case) -> None:
        case.person.page = case.logout(client_id="bot", post_logout_redirect_uri=AFTER)
        form = case.person.form(action="/oauth/logout/confirm")
        evil = {**form.fields, "post_logout_redirect_uri": "https://evil.example/"}
        refused(case, case.person.client.post(form.action, data=evil))

    def test_no_other_site_answers_the_page(self, case: Case) -> None:
        answer = case.person.client.post("/oauth/logout/confirm", data={"client_id": "bot"})
        assert answer.status_code == 403
        assert case.logged_in()

    def test_nobody_there_goes_on_at_once(self, case: Case) -> None:
        other = case.house.app.test_client()
        sent = {"id_token_hint": case.hint, "post_logout_redirect_uri": AFTER}
        assert other.get("/oauth/logout", query_string=sent).location == AFTER
        assert case.logged_in()
        assert case.alive() == [200, 200]

    def test_it_is_remembered(self, case: Case) -> None:
        case.logout(id_token_hint=case.hint)
        with case.house.store.read() as tx:
            assert ("logout", "bot") in [(r.event, r.client_id) for r in tx.audit.list(5)]


class TestChecks:
    def test_client_id_and_hint_must_be_one(self, case: Case) -> None:
        register(case.house, "other", post_logout_redirect_uris=(AFTER,))
        refused(case, case.logout(id_token_hint=case.hint, client_id="other"))

    def test_client_id_beside_its_own_hint_is_good(self, case: Case) -> None:
        sent = {"client_id": "bot", "post_logout_redirect_uri": AFTER}
        assert case.logout(id_token_hint=case.hint, **sent).location == AFTER

    def test_an_unknown_client_gets_a_page(self, case: Case) -> None:
        refused(case, case.logout(client_id="nobody", post_logout_redirect_uri=AFTER))

    @pytest.mark.parametrize(
        "uri",
        [
            "https://bot.example/AFTER",
            "https://bot.example:443/after",
            "https://bot.example/after/",
            "https://bot.example/./after",
            "https://bot.example/%61fter",
            "HTTPS://bot.example/after",
            "https://user@bot.example/after",
            "https://bot.example\\@evil.example/after",
            "https://bot.example/after#",
            "https://evil.example/",
            "//evil.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "/",
            REDIRECT,
        ],
    )
    def test_addresses_are_compared_character_by_character(self, case: Case, uri: str) -> None:
        refused(case, case.logout(id_token_hint=case.hint, post_logout_redirect_uri=uri))
        refused(case, case.logout(client_id="bot", post_logout_redirect_uri=uri))

    def test_a_registered_query_is_kept(self, case: Case) -> None:
        sent = {"post_logout_redirect_uri": AFTER_QUERY, "state": "x"}
        answer = case.logout(id_token_hint=case.hint, **sent)
        assert answer.location == f"{AFTER_QUERY}&state=x"

    @pytest.mark.parametrize("name", ["id_token_hint", "client_id", "state"])
    def test_repeated_parameters_are_refused(self, case: Case, name: str) -> None:
        answer = case.person.client.get(f"/oauth/logout?{name}=1&{name}=2")
        refused(case, answer)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("state", "a\nb"), ("state", "x" * 2049), ("id_token_hint", "x" * 9000)],
    )
    def test_values_are_printable_and_not_endless(self, case: Case, name: str, value: str) -> None:
        refused(case, case.logout(**{name: value}))

    def test_what_is_not_known_is_ignored(self, case: Case) -> None:
        sent = {"logout_hint": "alice", "ui_locales": "tlh de", "display": "popup"}
        assert case.logout(id_token_hint=case.hint, **sent).status_code == 200
        assert not case.logged_in()

    def test_post_goes_on_by_303_so_that_cookies_come_along(self, case: Case) -> None:
        sent = {"id_token_hint": case.hint, "post_logout_redirect_uri": AFTER}
        first = case.house.app.test_client().post("/oauth/logout", data=sent)
        assert first.status_code == 303
        assert "Set-Cookie" not in first.headers
        assert case.person.client.get(first.location).location == AFTER
        assert not case.logged_in()

    def test_its_pages_speak_the_language_that_is_asked_for(self, case: Case) -> None:
        case.person.page = case.logout(client_id="bot", ui_locales="tlh de-AT")
        assert '<html lang="de" dir="ltr">' in case.person.page.text
        assert "Abmelden?" in case.person.words
        case.person.fill(case.person.form(action="/oauth/logout/confirm"))
        assert "Sie sind abgemeldet" in case.person.words

    def test_a_glance_by_head_logs_nobody_out(self, case: Case) -> None:
        sent = {"id_token_hint": case.hint}
        assert case.person.client.head("/oauth/logout", query_string=sent).status_code == 405
        assert case.logged_in()

    def test_nothing_is_kept_by_caches(self, case: Case) -> None:
        assert case.logout().headers["Cache-Control"] == "no-store"


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
