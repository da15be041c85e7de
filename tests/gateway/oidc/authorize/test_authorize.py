from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from store import Store
from tests.fakes.clock import FakeClock
from tests.gateway.oidc.relying_party import ISSUER, REDIRECT, RelyingParty, Visitor, answered


def test_code_flow_answers_code_state_and_iss(rp: RelyingParty) -> None:
    answer = answered(rp.authorize())
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state", ISSUER)


def test_state_is_left_out_where_none_was_sent(rp: RelyingParty) -> None:
    assert set(answered(rp.authorize(state=None))) == {"code", "iss"}


def test_registered_query_is_kept(rp: RelyingParty) -> None:
    answer = rp.authorize(redirect_uri="https://bot.example/other?keep=1")
    assert answer.location.startswith("https://bot.example/other?keep=1&code=")


def test_post_goes_on_by_303_so_that_cookies_come_along(rp: RelyingParty) -> None:
    first = rp.browser.post("/oauth/authorize", data=rp.parameters())
    assert first.status_code == 303
    second = rp.browser.get(first.location)
    assert answered(rp.browser.get(second.location))["code"]


def test_an_error_goes_back_with_state_and_iss(rp: RelyingParty) -> None:
    answer = answered(rp.authorize(response_type="token"))
    assert answer.pop("error_description")
    assert answer == {
        "error": "unsupported_response_type",
        "state": "a state",
        "iss": ISSUER,
    }


@pytest.mark.parametrize("repeated", ["state", "stranger"])
def test_repeated_parameters_are_refused(rp: RelyingParty, repeated: str) -> None:
    sent = [*rp.parameters().items(), (repeated, "1"), (repeated, "2")]
    answer = answered(rp.browser.get(f"/oauth/authorize?{urlencode(sent)}"))
    assert answer["error"] == "invalid_request"
    assert ("state" in answer) is (repeated != "state")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_client_or_redirect_uri_never_redirects(rp: RelyingParty, name: str) -> None:
    sent = [*rp.parameters().items(), (name, rp.parameters()[name])]
    answer = rp.browser.get(f"/oauth/authorize?{urlencode(sent)}")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_an_unknown_client_gets_a_page(rp: RelyingParty) -> None:
    for client_id in (None, "nobody", "bot\x00", "BOT", "x" * 500):
        answer = rp.authorize(client_id=client_id, response_type="nonsense")
        assert answer.status_code == 400
        assert "not known" in answer.text


def test_the_client_is_checked_before_the_redirect_uri_and_both_before_the_rest(
    rp: RelyingParty,
) -> None:
    bad = {"response_type": None, "scope": None}
    assert "not known" in rp.authorize(client_id="x", redirect_uri="y", **bad).text
    assert "not registered" in rp.authorize(redirect_uri="https://evil.example", **bad).text
    assert answered(rp.authorize(**bad))["error_description"].startswith("response_type")


def test_a_scope_that_is_not_open_to_the_client_is_left_out(rp: RelyingParty) -> None:
    assert rp.tokens(scope="openid admin transfer openid")["scope"] == "openid transfer"


def test_nobody_there_begins_a_login(rp: RelyingParty, visitor: Visitor) -> None:
    visitor.assurance = None
    answer = rp.authorize(login_hint="ada", acr_values="mfa aal2", ui_locales="de en")
    assert (answer.status_code, answer.location) == (303, "/login/begun")
    [(requirement, return_to, cancel_to)] = visitor.begun
    assert (requirement.required_acr, requirement.acr_values) == ("aal1", ("mfa", "aal2"))
    assert (requirement.login_hint, requirement.client_name) == ("ada", "Bot")
    assert requirement.not_before is None
    assert return_to.endswith("/continue")
    assert cancel_to.endswith("/cancel")


def test_after_the_login_the_request_goes_on(rp: RelyingParty, visitor: Visitor) -> None:
    someone, visitor.assurance = visitor.assurance, None
    rp.authorize()
    visitor.assurance = someone
    assert "code" in answered(rp.browser.get(visitor.begun[0][1]))


def test_an_interaction_is_answered_once(rp: RelyingParty, visitor: Visitor) -> None:
    first = rp.browser.get("/oauth/authorize", query_string=rp.parameters())
    assert "code" in answered(rp.browser.get(first.location))
    assert rp.browser.get(first.location).status_code == 410


def test_an_interaction_belongs_to_one_browser(rp: RelyingParty) -> None:
    first = rp.browser.get("/oauth/authorize", query_string=rp.parameters())
    foreign = {"X-Browser": "two"}
    for path in ("", "/continue", "/cancel"):
        assert rp.browser.get(first.location + path, headers=foreign).status_code == 410
    answer = rp.browser.post(first.location, data={"decision": "allow"}, headers=foreign)
    assert answer.status_code == 410


def test_an_interaction_grows_old(rp: RelyingParty, clock: FakeClock) -> None:
    first = rp.browser.get("/oauth/authorize", query_string=rp.parameters())
    clock.advance(timedelta(minutes=10, seconds=1))
    assert rp.browser.get(first.location).status_code == 410


def test_cancelled_logins_are_access_denied(rp: RelyingParty, visitor: Visitor) -> None:
    visitor.assurance = None
    rp.authorize()
    answer = rp.browser.get(visitor.begun[0][2])
    assert answered(answer)["error"] == "access_denied"
    assert answered(answer)["iss"] == ISSUER


class TestAcr:
    def test_a_required_acr_that_is_not_met_begins_a_login(self, rp: RelyingParty) -> None:
        assert rp.authorize(client_id="strict").location == "/login/begun"

    def test_and_is_unmet_where_the_login_did_not_reach_it(
        self, rp: RelyingParty, visitor: Visitor
    ) -> None:
        rp.authorize(client_id="strict")
        answer = answered(rp.browser.get(visitor.begun[0][1]))
        assert answer["error"] == "unmet_authentication_requirements"
        assert "code" not in answer

    def test_a_voluntary_acr_begins_a_login_and_then_yields(
        self, rp: RelyingParty, visitor: Visitor
    ) -> None:
        assert rp.authorize(acr_values="aal2").location == "/login/begun"
        assert "code" in answered(rp.browser.get(visitor.begun[0][1]))

    def test_one_voluntary_acr_of_several_is_enough(self, rp: RelyingParty) -> None:
        assert "code" in answered(rp.authorize(acr_values="aal2 mfa"))


class TestPromptAndMaxAge:
    @pytest.mark.parametrize("prompt", ["login", "login consent"])
    def test_an_older_login_does_not_count(
        self, rp: RelyingParty, clock: FakeClock, visitor: Visitor, prompt: str
    ) -> None:
        clock.advance(timedelta(seconds=1))
        assert rp.authorize(prompt=prompt).location == "/login/begun"
        rp.browser.get(visitor.begun[0][1])
        assert len(visitor.begun) == 2

    def test_a_newer_login_counts(
        self, rp: RelyingParty, clock: FakeClock, visitor: Visitor
    ) -> None:
        clock.advance(timedelta(seconds=1))
        rp.authorize(prompt="login")
        clock.advance(timedelta(seconds=5))
        assert visitor.assurance
        visitor.assurance = replace(visitor.assurance, auth_time=clock.now())
        assert "code" in answered(rp.browser.get(visitor.begun[0][1]))

    def test_login_and_consent_ask_both_one_after_the_other(
        self, rp: RelyingParty, clock: FakeClock, visitor: Visitor
    ) -> None:
        clock.advance(timedelta(seconds=1))
        assert rp.authorize(prompt="login consent").location == "/login/begun"
        assert visitor.assurance
        visitor.assurance = replace(visitor.assurance, auth_time=clock.now())
        page = rp.browser.get(visitor.begun[0][1])
        assert page.status_code == 200
        assert "Allow Bot?" in page.text

    def test_max_age(self, rp: RelyingParty, clock: FakeClock) -> None:
        clock.advance(timedelta(seconds=60))
        assert "code" in answered(rp.authorize(max_age="60"))
        clock.advance(timedelta(seconds=1))
        assert rp.authorize(max_age="60").location == "/login/begun"
        assert rp.authorize(max_age="0").location == "/login/begun"

    def test_none_answers_without_a_page(self, rp: RelyingParty) -> None:
        answer = rp.browser.get("/oauth/authorize", query_string=rp.parameters(prompt="none"))
        assert "code" in answered(answer)

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"client_id": "asks"}, "consent_required"),
            ({"client_id": "strict"}, "login_required"),
            ({"max_age": "0"}, "login_required"),
        ],
    )
    def test_none_says_what_is_missing(
        self, rp: RelyingParty, clock: FakeClock, changes: dict[str, str], error: str
    ) -> None:
        clock.advance(timedelta(seconds=1))
        assert answered(rp.authorize(prompt="none", **changes))["error"] == error

    def test_none_without_anybody(self, rp: RelyingParty, visitor: Visitor) -> None:
        visitor.assurance = None
        assert answered(rp.authorize(prompt="none"))["error"] == "login_required"
        assert visitor.begun == []


def test_the_trail_tells_of_codes_and_refusals(rp: RelyingParty, store: Store) -> None:
    rp.code()
    with store.read() as tx:
        [record, *_] = tx.audit.list(1)
    assert (record.event, record.client_id, record.detail["acr"]) == ("code.issued", "bot", "mfa")


def test_pages_of_the_endpoint_are_not_kept(rp: RelyingParty) -> None:
    answer = rp.browser.get("/oauth/authorize", query_string=rp.parameters())
    assert answer.headers["Cache-Control"] == "no-store"
    assert REDIRECT not in answer.location
