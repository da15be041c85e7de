"""A program that is refused hears a code and a reference; the log says why under the same one."""

from __future__ import annotations

import logging

import pytest

from gateway.oidc.refusals import REFERENCE
from tests.gateway.oidc.relying_party import RelyingParty


def noted(caplog: pytest.LogCaptureFixture, reference: str) -> dict[str, object]:
    [record] = [r for r in caplog.records if getattr(r, "reference", "") == reference]
    return vars(record)


def test_a_refused_token_request(rp: RelyingParty, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gatehouse.oidc")
    answer = rp.exchange("no such code")
    assert answer.get_json() == {"error": "invalid_grant"}
    told = noted(caplog, answer.headers[REFERENCE])
    assert told["code"] == "invalid_grant"
    assert told["path"] == "/oauth/token"
    assert "no such code" not in str(told)


def test_a_refused_access_token(rp: RelyingParty, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gatehouse.oidc")
    answer = rp.userinfo("not a token")
    assert noted(caplog, answer.headers[REFERENCE])["code"] == "invalid_token"


def test_two_refusals_have_two_references(rp: RelyingParty) -> None:
    first, second = rp.exchange("no such code"), rp.exchange("no such code")
    assert first.headers[REFERENCE] != second.headers[REFERENCE]
    assert first.data == second.data
