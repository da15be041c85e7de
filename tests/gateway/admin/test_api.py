"""The admin API over HTTP: who is let in, what is read, how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.errors import TooLarge
from gateway.admin.api_client import CLIENT, ensure, resource
from gateway.admin.roles import Role
from gateway.bodies import cap
from gateway.oidc.token.grants.ciba import BackchannelGrant
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from store.clients import Client
from tests.gateway.admin.conftest import Act
from tests.gateway.admin.remote import Remote
from tests.gateway.conftest import PASSWORD, Build, House

MINUTE = timedelta(minutes=1)


@pytest.fixture
def remote(house: House) -> Remote:
    return Remote(house)


@pytest.fixture
def admin(act: Act) -> str:
    return act(Role.ADMIN).id


def test_an_operator_calls_what_the_desk_has(remote: Remote, admin: str) -> None:
    answer = remote.call("GET", "/me", remote.token(admin))
    assert answer.status_code == 200, answer.text
    assert answer.get_json() == {"id": admin, "name": "admin", "role": "admin"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["DPoP-Nonce"]


def test_members_come_from_the_path_the_query_and_the_body(
    remote: Remote, house: House, admin: str
) -> None:
    token, alice = remote.token(admin), house.enrolled("alice", password=PASSWORD)
    found = remote.call("GET", "/people", token, query_string={"username": "lic", "limit": "1"})
    assert [one["id"] for one in found.get_json()["people"]] == [alice]
    disabled = remote.call("POST", f"/people/{alice}/disable", token)
    assert disabled.get_json()["disabled_at"]
    twice = remote.call("POST", f"/people/{alice}/enable", token, json={"person": alice})
    assert (twice.status_code, twice.get_json()["error"]) == (400, "invalid_request")
    beside = remote.call("POST", f"/people/{alice}/enable", token, query_string={"a": "1"})
    assert beside.status_code == 400


def test_an_operation_is_done_in_the_name_of_whoever_calls(
    remote: Remote, house: House, admin: str
) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    remote.call("POST", f"/people/{alice}/disable", remote.token(admin))
    with house.store.read() as tx:
        account = tx.accounts.get(alice)
    assert account
    assert account.disabled_at


BODIES: tuple[tuple[bytes, str, int], ...] = (
    (b'{"limit": 1, "limit": 2}', "application/json", 400),
    (b"[1]", "application/json", 400),
    (b"{", "application/json", 400),
    (b'{"a":' * 50 + b"1" + b"}" * 50, "application/json", 400),
    (b'{"a": NaN}', "application/json", 400),
    (b'{"a": "\\u0000"}', "application/json", 400),
    (b'{"colour": "red"}', "application/json", 400),
    (b"{}", "text/plain", 415),
    (b"a=1", "application/x-www-form-urlencoded", 415),
    (b'"' + b"x" * 70_000 + b'"', "application/json", 413),
)


@pytest.mark.parametrize(("body", "kind", "status"), BODIES)
def test_a_malformed_body_is_refused_whole(
    remote: Remote, house: House, admin: str, body: bytes, kind: str, status: int
) -> None:
    alice = house.enrolled("alice", password=PASSWORD)
    path, token = f"/people/{alice}/disable", remote.token(admin)
    answer = remote.call("POST", path, token, data=body, content_type=kind)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/json"
    assert {"error", "error_description", "reference"} == set(answer.get_json())
    with house.store.read() as tx:
        account = tx.accounts.get(alice)
        assert account is not None
        assert account.disabled_at is None


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PUT", "/me", 405),
        ("OPTIONS", "/me", 405),
        ("GET", "/people/x/disable", 405),
    ],
)
def test_what_is_not_there_is_said_in_json_whatever_is_accepted(
    remote: Remote, admin: str, method: str, path: str, status: int
) -> None:
    accepts = {"Accept": "text/html"}
    answer = remote.call(method, path, remote.token(admin), headers=accepts)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert ("Allow" in answer.headers) == (status == 405)


def challenge(remote: Remote, method: str = "GET", path: str = "/me", **sent: Any) -> str:
    answer = remote.browser.open(f"/admin/api{path}", method=method, **sent)
    assert answer.status_code == 401
    return answer.headers["WWW-Authenticate"]


def test_whoever_brings_no_token_is_told_where_tokens_come_from(remote: Remote) -> None:
    said = challenge(remote)
    assert said.startswith("DPoP algs=")
    assert "error=" not in said
    known = 'resource_metadata="http://localhost:8080/.well-known/oauth-protected-resource'
    assert f'{known}/admin/api"' in said


def test_the_metadata_of_the_resource_names_it_and_its_server(remote: Remote) -> None:
    found = remote.browser.get("/.well-known/oauth-protected-resource/admin/api").get_json()
    assert found["resource"] == "http://localhost:8080/admin/api"
    assert found["authorization_servers"] == ["http://localhost:8080"]
    assert found["dpop_bound_access_tokens_required"] is True


def test_a_token_for_a_bearer_opens_nothing(remote: Remote, admin: str) -> None:
    for bound in (True, False):
        token = remote.token(admin, bound=bound)
        said = challenge(remote, headers={"Authorization": f"Bearer {token}"})
        assert 'error="invalid_token"' in said
    assert remote.call("GET", "/me", remote.token(admin, bound=False)).status_code == 401
    form = {"data": {"access_token": remote.token(admin)}}
    assert challenge(remote, "POST", "/people/x/disable", **form)


def test_another_key_and_a_proof_that_was_used_open_nothing(remote: Remote, admin: str) -> None:
    token = remote.token(admin)
    thief = Remote(remote.house)
    assert 'error="invalid_token"' in thief.call("GET", "/me", token).headers["WWW-Authenticate"]
    proof = {"DPoP": remote.prover.proof("GET", remote.url("/me"), ath="x" * 43)}
    answer = remote.browser.get(
        "/admin/api/me", headers={"Authorization": f"DPoP {token}", **proof}
    )
    assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]


REFUSED: dict[str, Callable[[Remote, str], str]] = {
    "for another audience": lambda remote, who: remote.token(who, audience="chatbot"),
    "for the client alone": lambda remote, who: remote.token(who, audience=CLIENT),
    "by an exchange": lambda remote, who: remote.token(who, act={"sub": "somebody"}),
    "no token of ours": lambda _remote, _who: "x.y.z",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_token_of_another_kind_opens_nothing(remote: Remote, admin: str, kind: str) -> None:
    answer = remote.call("GET", "/me", REFUSED[kind](remote, admin))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("acr", ["aal1", "mfa", "aal2", ""])
def test_a_login_without_a_passkey_opens_nothing(remote: Remote, admin: str, acr: str) -> None:
    said = remote.call("GET", "/me", remote.token(admin, acr=acr)).headers["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in said
    assert 'acr_values="phr"' in said


@pytest.mark.parametrize("grant", [DeviceCodeGrant.GRANT_TYPE, BackchannelGrant.GRANT_TYPE])
def test_a_client_whose_person_may_be_elsewhere_opens_nothing(
    remote: Remote, house: House, admin: str, grant: str
) -> None:
    with house.store.write() as tx:
        ours = tx.clients.get(CLIENT)
        assert ours
        for name, grants in {"browser": (), "elsewhere": (grant,)}.items():
            metadata = replace(ours.metadata, grant_types=(*ours.metadata.grant_types, *grants))
            tx.clients.add(replace(ours, id=name, metadata=metadata))
    statuses = [
        remote.call("GET", "/people", remote.token(admin, client_id=name)).status_code
        for name in ("browser", "elsewhere")
    ]
    assert statuses == [200, 401]


def test_a_login_is_good_for_twelve_hours(remote: Remote, house: House, admin: str) -> None:
    token = remote.token(admin)
    house.clock.advance(timedelta(hours=12))
    assert remote.call("GET", "/me", token).status_code == 200
    house.clock.advance(MINUTE)
    said = remote.call("GET", "/me", token).headers["WWW-Authenticate"]
    assert 'max_age="43200"' in said


def test_a_role_that_is_withdrawn_is_of_no_use_at_once(
    remote: Remote, house: House, admin: str
) -> None:
    token = remote.token(admin)
    with house.store.write() as tx:
        tx.operators.withdraw(admin, 1)
    answer = remote.call("GET", "/me", token)
    assert (answer.status_code, answer.get_json()["error"]) == (403, "access_denied")
    with house.store.read() as tx:
        [refused] = [each for each in tx.audit.list(5) if each.event == "admin.refused"]
    assert refused.detail["operation"] == "me.get"


def test_whoever_is_kept_out_or_has_logged_out_is_out_here_too(
    remote: Remote, house: House, admin: str
) -> None:
    token = remote.token(admin)
    with house.store.write() as tx:
        tx.accounts.set_disabled(admin, True)
    assert remote.call("GET", "/me", token).status_code == 401


def test_the_client_and_the_resource_are_there_and_are_put_right(house: House) -> None:
    with house.store.write() as tx:
        client = tx.clients.get(CLIENT)
        assert client is not None
        tx.clients.remove(CLIENT)
        tx.resources.remove(resource(house.settings.issuer))
    ensure(house.store, house.clock, house.settings.issuer)
    with house.store.read() as tx:
        assert tx.clients.get(CLIENT) == client
        assert tx.resources.get(resource(house.settings.issuer))
    assert_locked(client)


def assert_locked(client: Client) -> None:
    assert client.public
    assert client.require_acr == "phr"
    assert client.metadata.dpop_bound_access_tokens
    assert "client_credentials" not in client.metadata.grant_types


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_under_a_path_the_metadata_is_where_clients_look(build: Build) -> None:
    house = build(issuer="http://localhost:8080/tenants/one")
    known = "/.well-known/oauth-protected-resource/tenants/one/admin/api"
    found = house.app.test_client().get(known).get_json()
    assert found["resource"] == "http://localhost:8080/tenants/one/admin/api"
    refused = house.app.test_client().get("/tenants/one/admin/api/me")
    assert f'"http://localhost:8080{known}"' in refused.headers["WWW-Authenticate"]


def announced(path: str, kind: str, size: int) -> Any:
    fields = {"content-type": kind, "content-length": str(size)}
    return SimpleNamespace(path=path, headers=fields)


@pytest.mark.parametrize(
    ("path", "kind", "taken"),
    [
        ("/admin/api/imports", "application/json", True),
        ("/tenants/one/admin/api/imports", "application/json; charset=utf-8", True),
        ("/admin/api/imports", "application/x-www-form-urlencoded", False),
        ("/admin/people/import", "application/x-www-form-urlencoded", False),
        ("/oauth/token", "application/json", False),
    ],
)
def test_a_long_text_is_taken_below_the_api_alone(path: str, kind: str, taken: bool) -> None:
    scope = announced(path, kind, 1_000_000)
    if taken:
        assert cap(scope) > 1_000_000
    else:
        with pytest.raises(TooLarge):
            cap(scope)


def test_a_call_that_needs_no_long_text_has_the_small_cap(remote: Remote, admin: str) -> None:
    token, text = remote.token(admin), "username\n" + "x" * 100_000
    assert remote.call("POST", "/people", token, json={"username": text}).status_code == 413
    assert remote.call("POST", "/imports", token, json={"text": text}).status_code != 413
