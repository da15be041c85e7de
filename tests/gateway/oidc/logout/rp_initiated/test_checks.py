"""What is checked of a request to log out, and who is meant by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc import jwt

from tests.gateway.conftest import PASSWORD
from tests.gateway.oidc.forging import private_key
from tests.gateway.oidc.logout.rp_initiated.conftest import (
    AFTER,
    AFTER_QUERY,
    Case,
    asked,
    let_in,
    refused,
    register,
)
from tests.gateway.oidc.relying_party import claims_of
from tests.walks.person import REDIRECT


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
