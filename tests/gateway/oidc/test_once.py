"""Fifty at the same time: one code and one refresh token are good for exactly one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from flask import Flask
from werkzeug.test import TestResponse

from tests.gateway.oidc.relying_party import RelyingParty, shown

MANY = 50


def at_once(
    app: Flask, rp: RelyingParty, call: Callable[[RelyingParty], TestResponse]
) -> list[TestResponse]:
    start = Barrier(MANY)

    def one(_: int) -> TestResponse:
        mine = replace(rp, browser=app.test_client())
        start.wait()
        return call(mine)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_one_code(app: Flask, rp: RelyingParty) -> None:
    code = rp.code()
    answers = at_once(app, rp, lambda mine: mine.exchange(code))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: MANY - 1}
    assert {answer.get_json().get("error") for answer in answers} == {None, "invalid_grant"}
    [won] = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert rp.refresh(won["refresh_token"]).get_json() == {"error": "invalid_grant"}


def test_one_refresh_token(app: Flask, rp: RelyingParty) -> None:
    token = rp.tokens()["refresh_token"]
    answers = at_once(app, rp, lambda mine: mine.refresh(token))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: MANY - 1}
    [won] = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert rp.refresh(won["refresh_token"]).get_json() == {"error": "invalid_grant"}


def test_one_consent(app: Flask, rp: RelyingParty) -> None:
    sent = rp.parameters(client_id="asks")
    page = rp.browser.get("/oauth/authorize", query_string=sent).location
    action = shown(rp, page)
    answers = at_once(app, rp, lambda mine: mine.browser.post(action, data={"decision": "allow"}))
    assert Counter(answer.status_code for answer in answers) == {303: 1, 410: MANY - 1}
