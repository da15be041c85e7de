"""`aal3` and `phrh` are promised where they can be kept: attested, bound to a device, verified."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.fakes.authenticator import Authenticator
from tests.fakes.maker import Authority
from tests.gateway.conftest import PASSWORD, Build, House
from tests.gateway.oidc.relying_party import claims_of
from tests.walks.person import Chatbot, Person
from verifiers.webauthn.metadata import Metadata, Model

ONE = UUID("8a1c4b3e-5d2f-4c6a-9b7e-0123456789ab")
DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def maker() -> Authority:
    return Authority()


@pytest.fixture
def models(tmp_path: Path, maker: Authority, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Know one model and allow it."""
    path = tmp_path / "models.json"
    write(path, maker)
    for name, value in {
        "METADATA": str(path),
        "ATTESTATION": "direct",
        "AAGUIDS": json.dumps([str(ONE)]),
    }.items():
        monkeypatch.setenv(f"GATEHOUSE_WEBAUTHN_{name}", value)
    return path


def write(path: Path, maker: Authority, *statuses: str) -> None:
    root = base64.b64encode(maker.certificate.public_bytes(Encoding.DER)).decode()
    path.write_bytes(Metadata(1, "", {str(ONE): Model("Model One", (root,), statuses)}).dump())


def options(person: Person) -> Any:
    found = re.search(r"passkey-\w+\W+data-options='([^']+)'", person.page.text)
    assert found
    return json.loads(found.group(1))


def enrol(house: House, person: Person, device: Authenticator) -> None:
    """Add a passkey to an account that has a password alone."""
    house.enrolled("alice", password=PASSWORD)
    person.go("/account")
    person.log_in("alice", PASSWORD)
    person.fill(person.form(action="/enroll/webauthn"))
    person.answer(credential=device.create(options(person)))
    assert "Done" in person.words


def logged_in(house: House, device: Authenticator, bot: Chatbot, **asked: str) -> Person:
    """Log in with the passkey alone, in a browser of its own."""
    person = house.person()
    person.authorize(bot, **asked)
    person.fill(person.form(action="/factor", text="passkey"))
    person.answer(credential=device.get(options(person)))
    return person


def promised(person: Person, bot: Chatbot) -> str:
    tokens = person.client.post("/oauth/token", data=bot.redemption(person.arrived["code"])).json
    assert tokens
    return str(claims_of(tokens["id_token"])["acr"])


@pytest.mark.parametrize("asked", ["aal3", "phrh"])
def test_an_attested_passkey_keeps_the_promise(
    build: Build, models: Path, maker: Authority, asked: str
) -> None:
    house = build()
    device = Authenticator(house.settings.issuer, batch=maker.model(ONE))
    enrol(house, house.person(), device)
    bot = house.chatbot("bot", acr="aal3")
    person = logged_in(house, device, bot, acr_values=asked)
    assert promised(person, bot) == asked


@pytest.mark.parametrize("made", ["synced", "without attestation"])
def test_another_passkey_does_not(build: Build, models: Path, maker: Authority, made: str) -> None:
    house = build(enroll_on_the_way=False)
    device = Authenticator(house.settings.issuer, batch=maker.model(ONE))
    if made == "synced":
        device.backup_eligible = device.backed_up = True
    else:
        device.batch = None
    enrol(house, house.person(), device)
    voluntary, strict = house.chatbot("bot"), house.chatbot("bank", acr="aal3")
    assert promised(logged_in(house, device, voluntary, acr_values="aal3"), voluntary) == "aal2"
    refused = logged_in(house, device, strict)
    assert refused.arrived["error"] == "unmet_authentication_requirements"


def test_the_promise_ends_with_the_model(build: Build, models: Path, maker: Authority) -> None:
    house = build(enroll_on_the_way=False)
    device = Authenticator(house.settings.issuer, batch=maker.model(ONE))
    enrol(house, house.person(), device)
    write(models, maker, "REVOKED")
    bot = house.chatbot("bot")
    assert promised(logged_in(house, device, bot, acr_values="aal3"), bot) == "aal2"


@pytest.mark.parametrize(("uses", "then"), [(0, 15), (51, 6)])
def test_the_promise_lasts_as_long_as_it_may_and_is_renewed_by_the_passkey(
    build: Build, models: Path, maker: Authority, uses: int, then: int
) -> None:
    """15 minutes without use, 12 hours with one each 14 minutes (SP 800-63B-4, 2.3.3)."""
    house = build()
    device = Authenticator(house.settings.issuer, batch=maker.model(ONE))
    enrol(house, house.person(), device)
    bot, plain = house.chatbot("bot", acr="aal3"), house.chatbot("plain")
    person = logged_in(house, device, bot)
    for _ in range(uses):
        house.clock.advance(timedelta(minutes=14))
        person.authorize(bot)
        assert person.arrived["code"]
    house.clock.advance(timedelta(minutes=then))
    person.authorize(plain, acr_values="aal3 phr", prompt="none")
    assert promised(person, plain) == "phr"
    person.authorize(bot)
    assert "code" not in person.arrived
    person.choose("Passkey")
    person.answer(credential=device.get(options(person)))
    assert promised(person, bot) == "aal3"


def test_the_levels_are_advertised_where_a_model_is_allowed(build: Build, models: Path) -> None:
    advertised = build().app.test_client().get(DISCOVERY).get_json()["acr_values_supported"]
    assert {"aal3", "phrh"} <= set(advertised)


def test_and_not_elsewhere(house: House) -> None:
    advertised = house.app.test_client().get(DISCOVERY).get_json()["acr_values_supported"]
    assert not {"aal3", "phrh"} & set(advertised)
