"""Policy: shown with its origin and bounds, set whole or not at all, and nobody is locked out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.desk import Desk
from gateway.admin.roles import Role
from gateway.settings import Policy
from tests.gateway.admin.conftest import Act
from tests.gateway.conftest import PASSWORD, SEED, Build, House


def put(desk: Desk, act: Act, version: int = 0, **values: Any) -> dict[str, Any]:
    taken = {"values": values, "version": version}
    return desk.call(act(Role.ADMIN), "policy.put", taken).model_dump()


def setting(shown: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in shown["settings"] if each["name"] == name]
    return found  # type: ignore[no-any-return]


def test_everything_is_shown_with_its_origin_and_its_bounds(desk: Desk, act: Act) -> None:
    before = desk.call(act(Role.VIEWER), "policy.get", {}).model_dump()
    assert before["version"] == 0
    assert {each["name"] for each in before["settings"]} == Policy.model_fields.keys()
    code = setting(before, "code_seconds")
    assert (code["value"], code["origin"], code["kind"]) == (60, "shipped", "integer")
    assert (code["minimum"], code["maximum"]) == (1, 600)
    assert setting(before, "registration")["choices"] == ["closed", "open"]
    after = put(desk, act, code_seconds=30, factors_off=["voice"])
    assert after["version"] == 1
    assert setting(after, "code_seconds")["origin"] == "admin"
    assert setting(after, "code_seconds")["environment"] == 60
    assert setting(after, "factors_off")["value"] == ["voice"]
    assert setting(put(desk, act, 1), "code_seconds")["value"] == 60


WRONG = {
    "below its bounds": ({"code_seconds": 0}, "code_seconds: "),
    "above its bounds": ({"aal3_seconds": 10**6}, "aal3_seconds: "),
    "no number": ({"code_seconds": "soon"}, "code_seconds: "),
    "no choice": ({"registration": "ajar"}, "registration: "),
    "unknown": ({"colour": "red"}, "colour: "),
    "the machine's": ({"issuer": "https://evil.example"}, "issuer: "),
    "no factor": ({"factors_off": ["voise"]}, "factors_off: .*voise"),
    "no list": ({"factors_off": [7]}, "values.factors_off"),
    "passkeys": ({"factors_off": ["webauthn"]}, "factors_off: .*passkeys"),
    "codes": ({"factors_off": ["otp"], "registration": "open"}, "factors_off: .*codes"),
    "too short for a login": ({"login_seconds": 5}, "login_seconds: "),
    "too short for a session": ({"session_seconds": 10}, "session_seconds: "),
}


@pytest.mark.parametrize(("values", "told"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_whole(
    desk: Desk, act: Act, house: House, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadRequest) as error:
        put(desk, act, id_token_seconds=600, **values)
    assert re.match(told, str(error.value.public))
    with house.store.read() as tx:
        assert tx.policies.version() == 0


def test_the_second_of_two_admins_is_told(desk: Desk, act: Act) -> None:
    put(desk, act, code_seconds=30)
    with pytest.raises(Conflict, match="Somebody changed this"):
        put(desk, act, 0, code_seconds=45)
    shown = desk.call(act(Role.ADMIN), "policy.get", {}).model_dump()
    assert setting(shown, "code_seconds")["value"] == 30


def test_the_trail_says_what_changed_from_what_to_what(desk: Desk, act: Act, house: House) -> None:
    put(desk, act, code_seconds=30)
    with house.store.read() as tx:
        [changed] = [each for each in tx.audit.list(5) if each.event == "policy.changed"]
    assert changed.detail["changes"] == {"code_seconds": [60, 30]}


def test_nobody_is_left_without_a_way_by_oversight(desk: Desk, act: Act, house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    taken: dict[str, Any] = {"values": {"factors_off": ["password"]}}
    preview = desk.call(act(Role.ADMIN), "policy.preview", taken).model_dump()
    assert preview["stranded"] == 1
    assert [each["name"] for each in preview["changes"]] == ["factors_off"]
    with pytest.raises(BadRequest, match="1 people would have no way left"):
        put(desk, act, factors_off=["password"])
    desk.call(act(Role.ADMIN), "policy.put", {**taken, "version": 0, "strand": True})


def test_what_a_client_needs_stays_on(desk: Desk, act: Act, house: House) -> None:
    house.chatbot("bank", acr="mfa+voice")
    with pytest.raises(BadRequest, match=r"mfa\+voice"):
        put(desk, act, factors_off=["voice"])
    put(desk, act, factors_off=["totp"])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPDESK, Role.OPERATOR, Role.AUDITOR])
def test_admins_alone_set_it(desk: Desk, act: Act, role: Role) -> None:
    desk.call(act(role), "policy.get", {})
    desk.call(act(role), "policy.history", {})
    for name in ("policy.put", "policy.preview"):
        with pytest.raises(NotAllowed):
            desk.call(act(role), name, {"values": {}, "version": 0})


def test_its_history_pages_backwards(desk: Desk, act: Act) -> None:
    for version, seconds in enumerate((30, 40, 50)):
        put(desk, act, version, code_seconds=seconds)
    first = desk.call(act(Role.VIEWER), "policy.history", {"limit": 2}).model_dump()
    assert [each["version"] for each in first["versions"]] == [3, 2]
    assert first["versions"][0]["username"] == Role.ADMIN
    [edit] = first["versions"][1]["edits"]
    assert edit == {"name": "code_seconds", "before": 30, "after": 40}
    rest = desk.call(act(Role.VIEWER), "policy.history", {"after": first["next"]}).model_dump()
    assert [each["version"] for each in rest["versions"]] == [1]
    assert rest["versions"][0]["edits"][0]["before"] is None
    assert rest["next"] == ""


FACTORS = ["password", "otp", "totp", "voice", "recovery", "device"]


@pytest.mark.parametrize("off", FACTORS)
def test_the_house_stands_with_a_factor_off(build: Build, off: str) -> None:
    house = build(factors_off=[off], registration="closed" if off == "otp" else "open")
    person = house.person()
    for path in ("/", "/account", "/recover", "/register"):
        assert person.client.get(path, follow_redirects=True).status_code < 500, path


def test_without_passwords_a_login_begins_with_a_passkey(build: Build) -> None:
    house = build(factors_off=["password"])
    house.enrolled("alice", password=PASSWORD)
    person = house.person()
    person.authorize(house.chatbot("chatbot"))
    assert "Use a passkey" in person.words
    assert "Password" not in person.words
    answer = person.client.post(person.path, data={"username": "alice", "password": PASSWORD})
    assert answer.status_code in (400, 403)


def test_a_factor_that_is_off_is_not_accepted_and_stays(build: Build) -> None:
    house = build(factors_off=["totp"])
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    chatbot, person = house.chatbot("chatbot"), house.person()
    person.authorize(chatbot)
    person.log_in("alice", PASSWORD)
    assert "Authenticator app" not in person.words
    with house.store.read() as tx:
        assert {each.factor for each in tx.credentials.list(account)} == {"password", "totp"}
