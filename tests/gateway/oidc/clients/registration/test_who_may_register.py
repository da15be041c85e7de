"""Who may register a client: the bearer of a token, anybody, nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gateway.oidc.clients.policy import ClientPolicy
from tests.fakes.clock import FakeClock
from tests.fakes.race import race
from tests.gateway.oidc.clients.registration.conftest import (
    HOUR,
    LEAST,
    Issue,
    register,
)


def test_it_is_closed_to_strangers(browser: FlaskClient, issue: Issue, clock: FakeClock) -> None:
    late = issue(lifetime=timedelta(seconds=1))
    clock.advance(HOUR)
    for token in ("", "wrong", late):
        answer = register(browser, token)
        assert (answer.status_code, answer.json) == (401, {"error": "invalid_token"})
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert answer.headers["Cache-Control"] == "no-store"


def test_strangers_are_not_told_what_is_wrong_with_their_metadata(browser: FlaskClient) -> None:
    assert browser.post("/oauth/register", data="{").status_code == 401
    assert register(browser, redirect_uris=["javascript:1"]).status_code == 401


def test_a_token_in_the_query_or_body_is_none(browser: FlaskClient, issue: Issue) -> None:
    token = issue()
    path = f"/oauth/register?access_token={token}"
    assert browser.post(path, json=LEAST).status_code == 401
    assert register(browser, access_token=token).status_code == 401


def test_one_use_is_one_client_however_many_ask_at_once(app: Flask, issue: Issue) -> None:
    token = issue()
    answers = race(lambda: register(app.test_client(), token).status_code, 20)
    assert sorted(answers) == [201, *[401] * 19]


class TestOpen:
    """Where an operator lets anyone register."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(registration="open", registrations_per_hour=3)

    def test_anyone_may_register(self, browser: FlaskClient) -> None:
        assert register(browser).status_code == 201

    def test_not_without_end(self, browser: FlaskClient, clock: FakeClock) -> None:
        for _ in range(3):
            assert register(browser).status_code == 201
        refused = register(browser)
        assert (refused.status_code, refused.json) == (429, {"error": "temporarily_unavailable"})
        assert int(refused.headers["Retry-After"]) > 0
        clock.advance(HOUR)
        assert register(browser).status_code == 201

    def test_a_caller_is_its_network(self, browser: FlaskClient) -> None:
        """Every IPv6 host is given a /64 to choose its address from."""
        answers = [
            browser.post(
                "/oauth/register",
                json=LEAST,
                environ_overrides={"REMOTE_ADDR": f"2001:db8:{network}::{host}"},
            ).status_code
            for network, host in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1))
        ]
        assert answers == [201, 201, 201, 429, 201]

    def test_nobody_gets_what_needs_no_person(self, browser: FlaskClient, issue: Issue) -> None:
        alone = {"grant_types": ["client_credentials"], "response_types": []}
        for token in ("", issue()):
            assert register(browser, token, **alone).json["error"] == "invalid_client_metadata"

    def test_a_wrong_token_is_not_taken_for_none(self, browser: FlaskClient) -> None:
        assert register(browser, "wrong").status_code == 401


class TestClosed:
    """Where an operator has closed registration to all."""

    @pytest.fixture
    def policy(self) -> ClientPolicy:
        return ClientPolicy(registration="closed")

    def test_there_is_no_endpoint(self, browser: FlaskClient, issue: Issue) -> None:
        assert register(browser, issue()).status_code == 404
        found = browser.get("/.well-known/openid-configuration").json
        assert "registration_endpoint" not in found
