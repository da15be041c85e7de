"""Resources and authorization details in the device grant and in CIBA."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.gateway.oidc.backchannel.backend import GRANT_TYPE as CIBA
from tests.gateway.oidc.backchannel.backend import Backend, Phone
from tests.gateway.oidc.device.terminal import GRANT_TYPE as DEVICE
from tests.gateway.oidc.device.terminal import Helper, Terminal
from tests.gateway.oidc.relying_party import claims_of
from tests.gateway.oidc.resources.conftest import BANK, METADATA, PAYMENT, Register

MESSAGE = {"type": "message", "message": "Transfer 12 to Bob"}
ELSEWHERE = replace(
    METADATA,
    grant_types=(DEVICE, CIBA, "authorization_code", "refresh_token"),
    backchannel_token_delivery_mode="poll",
)


@pytest.fixture
def terminal(register: Register) -> Terminal:
    return Terminal(register("terminal", metadata=ELSEWHERE))


@pytest.fixture
def backend(register: Register) -> Backend:
    return Backend(register("backend", metadata=ELSEWHERE))


@pytest.fixture
def phone(app: Flask) -> Phone:
    phone = Phone(app.test_client())
    phone.switch_on()
    return phone


def wish(*details: dict[str, Any]) -> dict[str, str]:
    return {"authorization_details": json.dumps(details)}


def rejected(answer: TestResponse, error: str) -> None:
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


class TestDevice:
    def test_they_are_shown_and_granted(self, terminal: Terminal, app: Flask) -> None:
        person = Helper(app.test_client())
        code = terminal.start(**wish(PAYMENT), resource=BANK)["user_code"]
        page = person.browser.get(person.open(code)).text
        for words in ("123.50", "Bob", "The Bank"):
            assert words in page
        person.decide(code)
        body = terminal.poll().get_json()
        assert body["authorization_details"] == [PAYMENT]
        said = claims_of(body["access_token"])
        assert (said["aud"], said["authorization_details"]) == (BANK, [PAYMENT])

    def test_what_is_not_open_to_the_client(self, terminal: Terminal) -> None:
        rejected(terminal.post(resource="https://other.example"), "invalid_target")
        unknown = wish({"type": "unknown"})
        rejected(terminal.post(**unknown), "invalid_authorization_details")

    def test_a_message_is_for_one_person_who_is_not_known_here(self, terminal: Terminal) -> None:
        rejected(terminal.post(**wish(MESSAGE)), "invalid_authorization_details")


class TestBackchannel:
    def test_they_are_shown_and_granted(self, backend: Backend, phone: Phone) -> None:
        number = backend.ask(**wish(PAYMENT), login_hint="ada")["binding_number"]
        page = phone.page(number)
        assert "123.50" in phone.get(page).text
        phone.post(f"{page}?sid={'s' * 32}", decision="allow")
        assert backend.poll().get_json()["authorization_details"] == [PAYMENT]

    def test_a_message_is_confirmed_on_the_phone(self, backend: Backend, phone: Phone) -> None:
        hint = backend.rp.tokens(scope="openid")["id_token"]
        asked = {**wish(MESSAGE), "login_hint": None, "id_token_hint": hint}
        number = backend.ask(**asked, scope="openid offline_access")["binding_number"]
        page = phone.page(number)
        shown = phone.get(page).text
        assert MESSAGE["message"] in shown
        assert "Is this your message?" in shown
        phone.post(f"{page}?sid={'s' * 32}", decision="allow")
        body = backend.poll().get_json()
        [kept] = body["authorization_details"]
        assert kept.keys() == {"type", "message_hash", "message_hash_alg"}
        assert body["expires_in"] <= 60
        assert "refresh_token" not in body

    def test_a_message_needs_to_know_its_person(self, backend: Backend) -> None:
        rejected(backend.post(**wish(MESSAGE)), "invalid_authorization_details")
