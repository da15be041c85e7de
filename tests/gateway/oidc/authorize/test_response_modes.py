"""How the answer travels (OAuth 2.0 Multiple Response Types 2.1, OAuth 2.0 Form Post 1.0)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.gateway.conftest import PASSWORD, House
from tests.gateway.oidc.relying_party import ISSUER, REDIRECT, RelyingParty, Visitor, answered
from tests.walks.forms import read


def posted(page: TestResponse, action: str = REDIRECT) -> dict[str, str]:
    """Return what the page has the browser post."""
    assert page.status_code == 200, page.text
    [form] = [f for f in read(page.text) if f.action == action]
    return form.fields


def test_query_is_what_an_absent_mode_means(rp: RelyingParty) -> None:
    assert set(answered(rp.authorize(response_mode="query"))) == {"code", "state", "iss"}


def test_form_post_posts_code_state_and_iss(rp: RelyingParty) -> None:
    sent = posted(rp.authorize(response_mode="form_post"))
    assert set(sent) == {"code", "state", "iss"}
    assert (sent["state"], sent["iss"]) == ("a state", ISSUER)
    assert rp.exchange(sent["code"]).status_code == 200


def test_form_post_keeps_the_query_of_the_redirect_uri(rp: RelyingParty) -> None:
    uri = "https://bot.example/other?keep=1"
    assert "code" in posted(rp.authorize(response_mode="form_post", redirect_uri=uri), uri)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_errors_are_posted_too(rp: RelyingParty, changes: dict[str, str], error: str) -> None:
    sent = posted(rp.authorize(response_mode="form_post", **changes))
    assert (sent["error"], sent["state"], sent["iss"]) == (error, "a state", ISSUER)


def test_a_silent_refusal_and_a_cancelled_login_are_posted(
    rp: RelyingParty, visitor: Visitor
) -> None:
    visitor.assurance = None
    silent = posted(rp.authorize(response_mode="form_post", prompt="none"))
    assert silent["error"] == "login_required"
    rp.authorize(response_mode="form_post")
    assert posted(rp.browser.get(visitor.begun[0][2]))["error"] == "access_denied"


@pytest.mark.parametrize("mode", ["fragment", "web_message", "form_post.jwt", "QUERY"])
def test_an_error_about_the_mode_itself_goes_by_query(rp: RelyingParty, mode: str) -> None:
    assert answered(rp.authorize(response_mode=mode))["error"] == "invalid_request"


def test_a_state_that_is_markup_is_posted_as_it_came(rp: RelyingParty) -> None:
    state = '"><script>alert(1)</script>&amp;'
    page = rp.authorize(response_mode="form_post", state=state)
    assert posted(page)["state"] == state
    assert "<script>alert" not in page.text


def test_the_page_sends_itself_to_the_client_alone(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    bot, person = house.chatbot("bot", acr="aal1"), house.person()
    person.authorize(bot, response_mode="form_post")
    page = person.log_in("alice", PASSWORD)
    assert "code" in posted(page, "http://localhost:8081/callback")
    policy = page.headers["Content-Security-Policy"]
    assert policy.endswith("form-action http://localhost:8081")
    assert page.headers["Cache-Control"] == "no-store"
    assert '<script type="module" src="/static/form_post.js' in page.text
    assert "<noscript><button>" in page.text
