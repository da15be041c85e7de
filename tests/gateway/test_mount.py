"""A gateway under a path: its issuer has one, and so has everything else (RFC 8414, section 3)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.mount import documents
from gateway.settings import Settings
from tests.gateway.conftest import PASSWORD, SEED, Build, House
from tests.gateway.oidc.relying_party import claims_of
from tests.walks.person import Person

ISSUER = "http://localhost:8080/tenants/one"
PATH = "/tenants/one"
FORMS = (
    f"{PATH}/.well-known/openid-configuration",
    f"/.well-known/oauth-authorization-server{PATH}",
    f"/.well-known/openid-configuration{PATH}",
    f"{PATH}/.well-known/oauth-authorization-server",
)
SIGNALS = (
    f"{PATH}/.well-known/ssf-configuration",
    f"/.well-known/ssf-configuration{PATH}",
)


@pytest.fixture
def house(build: Build) -> House:
    return build(issuer=ISSUER)


@pytest.mark.parametrize("form", FORMS)
def test_both_documents_are_where_clients_look(house: House, form: str) -> None:
    answer = house.app.test_client().get(form)
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["issuer"] == ISSUER
    endpoints = [value for name, value in found.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) > 8
    assert all(value.startswith(f"{ISSUER}/") for value in endpoints)


@pytest.mark.parametrize("form", SIGNALS)
def test_the_transmitter_is_where_receivers_look(house: House, form: str) -> None:
    found = house.app.test_client().get(form).get_json()
    assert found["issuer"] == ISSUER
    endpoints = [value for name, value in found.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(endpoints) == 6
    assert all(value.startswith(f"{ISSUER}/") for value in endpoints)


def test_every_advertised_endpoint_is_there(house: House) -> None:
    client = house.app.test_client()
    found = client.get(FORMS[0]).get_json()
    for name, value in found.items():
        if name.endswith(("_endpoint", "_uri")):
            asked = value.removeprefix("http://localhost:8080")
            assert client.get(asked).status_code != 404, name
            assert client.get(asked.removeprefix(PATH)).status_code == 404, name


@pytest.mark.parametrize(
    "outside",
    [
        "/",
        "/account",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/tenants",
        "/.well-known/oauth-authorization-server/tenants/one/",
        "/.well-known/jwks.json/tenants/one",
        "/tenants",
        "/tenants/ones/account",
        "/tenants/one.evil/account",
        "/tenants/%6fne/../account",
        "//tenants/one/account",
    ],
)
def test_nothing_is_outside(house: House, outside: str) -> None:
    assert house.app.test_client().get(outside).status_code == 404


def test_the_documents_are_kept_in_front_under_every_form() -> None:
    assert {*FORMS, *SIGNALS, f"{PATH}/.well-known/jwks.json"} == documents(PATH)
    assert documents("") == {
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/.well-known/ssf-configuration",
    }


class Tenant(Person):
    """A person whose chatbot knows the issuer by its path."""

    def go(self, path: str, **query: str) -> object:  # type: ignore[override]
        return super().go(path if path.startswith(PATH) else PATH + path, **query)


def test_a_whole_login_stays_inside(house: House) -> None:
    house.enrolled("alice", password=PASSWORD, totp=SEED)
    bot, person = house.chatbot("bot", consent=True), Tenant(house.app)
    person.authorize(bot)
    assert person.path.startswith(f"{PATH}/login/")
    assert f'href="{PATH}/static/style.css' in person.page.text
    person.log_in("alice", PASSWORD)
    person.choose("Authenticator app")
    person.answer(code=house.totp())
    person.consent()
    assert person.arrived["iss"] == ISSUER
    answer = person.client.post(
        f"{PATH}/oauth/token", data=bot.redemption(person.arrived["code"])
    ).get_json()
    assert claims_of(answer["id_token"])["iss"] == ISSUER
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    assert person.client.get(f"{PATH}/oauth/userinfo", headers=bearer).status_code == 200
    person.go("/account")
    assert "alice" in person.words
    person.fill(person.form(action="/logout", text="here"))
    assert person.path == f"{PATH}/"


def test_every_address_on_its_pages_is_inside(house: House) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = Tenant(house.app)
    for path in ("/", "/account", "/enroll/ticket", "/oauth/logout", "/device", "/nowhere"):
        person.go(path)
        for attribute in ("href", "action", "src"):
            for found in person.page.text.split(f'{attribute}="')[1:]:
                assert found.startswith((f"{PATH}/", "#", "http", "data:")), (path, found[:40])


def test_cookies_are_sent_to_this_path_alone(house: House, build: Build) -> None:
    house.enrolled("alice", password=PASSWORD)
    person = Tenant(house.app)
    person.go("/account")
    person.log_in("alice", PASSWORD)
    assert {cookie.path for cookie in person.client._cookies.values()} == {PATH}
    secure = build(issuer="https://login.example.org/one").app.test_client()
    sent = secure.get("/one/account", base_url="https://login.example.org")
    cookie = sent.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-gatehouse_browser=")
    assert "Path=/one;" in f"{cookie};"


def test_passkeys_are_of_the_host(house: House) -> None:
    factor = house.factors["webauthn"]
    assert ISSUER not in repr(vars(factor))
    assert house.settings.issuer.removesuffix(house.settings.path) == "http://localhost:8080"


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.example.org/",
        "https://login.example.org/one/",
        "https://login.example.org//one",
        "https://login.example.org/one?tenant=1",
        "https://login.example.org/one#two",
        "https://user@login.example.org",
        "https://login.example.org/%6fne",
        "https://login.example.org/one two",
        "ftp://login.example.org",
        "login.example.org",
        "https://",
    ],
)
def test_an_issuer_is_written_in_one_way(issuer: str) -> None:
    with pytest.raises(ValidationError):
        Settings(issuer=issuer)
