"""Operators and clients: said as RFC 7591 says it, changed at a version, never half."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from contracts.assurance import Assurance
from contracts.errors import BadRequest, Conflict, NotAllowed
from gateway.admin.api_client import CLIENT
from gateway.admin.calls.client_models import Members
from gateway.admin.operation import CHANGED
from gateway.oidc.clients.registered import STALENESS, Clients
from store.client_metadata import ClientMetadata
from store.clients import DOCUMENT, DYNAMIC, Client, secret_digest
from store.grants import Access
from tests.gateway.admin.conftest import Call
from tests.gateway.conftest import House
from tests.gateway.oidc.signing_party import OWN, public

CALLBACK = "https://chat.example/callback"


def held(house: House, client_id: str) -> Client:
    with house.store.read() as tx:
        found = tx.clients.get(client_id)
    assert found
    return found


def stranger(house: House, client_id: str, source: str) -> None:
    made = Client(
        id=client_id,
        name="Agent",
        secret_hash=None,
        redirect_uris=(CALLBACK,),
        audience=client_id,
        scope="openid",
        require_acr="mfa",
        consent=True,
        token_alg="ES256",
        access_token_seconds=300,
        created_at=house.clock.now(),
        source=source,
    )
    with house.store.write() as tx:
        tx.clients.add(made)


def test_all_that_is_kept_of_a_client_can_be_said() -> None:
    kept = {field.name for field in fields(ClientMetadata)} - {"token_exchange"}
    assert kept <= set(Members.model_fields)


def test_a_secret_is_told_once(house: House, call: Call) -> None:
    added = call("clients.add", client_id="support", redirect_uris=[CALLBACK])
    assert held(house, "support").secret_hash == secret_digest(added.client_secret)
    seen = call("clients.get", client_id="support")
    assert "client_secret" not in type(seen).model_fields
    assert added.client_secret not in repr(call("clients.list"))
    assert (seen.require_acr, seen.version, seen.source) == ("mfa", 1, "operator")
    rotated = call("clients.rotate_secret", client_id="support")
    assert held(house, "support").secret_hash == secret_digest(rotated.client_secret)


def test_all_that_was_granted_ends_and_the_client_stays(house: House, call: Call) -> None:
    call("clients.add", client_id="support")
    with house.store.write() as tx:
        alice = tx.accounts.add("alice")
        proven = Assurance(alice.id, "mfa", ("pwd",), house.clock.now(), "s" * 32)
        grant = tx.grants.open(proven, "support", Access(scope="openid"), timedelta(days=1))
    call("clients.revoke_grants", client_id="support")
    with house.store.read() as tx:
        after = tx.grants.get(grant.id)
    assert after
    assert after.revoked_at
    assert call("clients.get", client_id="support").version == 1


def test_what_no_change_names_stays_as_it_is(house: House, call: Call) -> None:
    call("clients.add", client_id="support", redirect_uris=[CALLBACK], tos_uri="https://x.example/")
    before = held(house, "support")
    changed = call("clients.update", client_id="support", version=1, require_acr="aal2", tos_uri="")
    assert (changed.require_acr, changed.tos_uri, changed.version) == ("aal2", "", 2)
    after = held(house, "support")
    assert after.redirect_uris == before.redirect_uris
    assert after.secret_hash == before.secret_hash
    with house.store.read() as tx:
        [entry] = [found for found in tx.audit.list(9) if found.event == "client.changed"]
    assert entry.detail["changed"]["require_acr"] == ["mfa", "aal2"]
    assert set(entry.detail["changed"]) == {"require_acr", "tos_uri"}


def test_two_admins_never_overwrite_each_other(house: House, call: Call) -> None:
    call("clients.add", client_id="support")
    call("clients.update", client_id="support", version=1, name="First")
    with pytest.raises(Conflict) as error:
        call("clients.update", client_id="support", version=1, name="Second")
    assert error.value.public == CHANGED
    assert held(house, "support").name == "First"
    call(
        "clients.allow_exchange", client_id="support", of="support", audience=["https://a.example"]
    )
    with pytest.raises(Conflict):
        call("clients.update", client_id="support", version=2, name="Second")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"colour": "red"}, "colour: "),
        ({"name": ""}, "name: "),
        ({"redirect_uris": ["http://chat.example/"]}, "redirect URI"),
        ({"redirect_uris": ["https://chat.example/"] * 21}, "redirect_uris: "),
        ({"require_acr": "very good"}, "no acr"),
        ({"require_acr": "mfa+smell"}, "require_acr: "),
        ({"token_alg": "none"}, "none"),
        ({"access_token_seconds": 0}, "access_token_seconds: "),
        ({"scope": "a  b"}, "scope: "),
        ({"grant_types": ["password"]}, "grant_types"),
        ({"jwks_uri": "http://chat.example/keys"}, "jwks_uri"),
        ({"jwks": {"keys": []}}, "jwks"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "public keys"),
        ({"backchannel_logout_uri": "javascript:alert(1)"}, "logout"),
        ({"frontchannel_logout_uri": "https://other.example/"}, "logout"),
        ({"tos_uri": "javascript:alert(1)"}, "tos_uri"),
        ({"token_exchange": []}, "token_exchange"),
    ],
)
def test_what_is_malformed_is_refused_whole(
    house: House, call: Call, said: dict[str, Any], why: str
) -> None:
    call("clients.add", client_id="support", redirect_uris=[CALLBACK])
    with pytest.raises(BadRequest) as error:
        call("clients.update", client_id="support", version=1, **{"client_uri": CALLBACK, **said})
    assert why in str(error.value.public)
    assert held(house, "support").version == 1
    with pytest.raises(BadRequest):
        call("clients.add", client_id="other", **said)
    with house.store.read() as tx:
        assert tx.clients.get("other") is None


def test_a_client_does_not_become_public_by_saying_nothing(call: Call) -> None:
    keys = public(*OWN.values())
    signing = {"token_endpoint_auth_method": "private_key_jwt", "jwks": keys}
    call("clients.add", client_id="bank", **signing)
    with pytest.raises(BadRequest, match="say none"):
        call("clients.update", client_id="bank", version=1, token_endpoint_auth_method="")
    with pytest.raises(BadRequest, match="no secret"):
        call("clients.rotate_secret", client_id="bank")


@pytest.mark.parametrize("source", [DYNAMIC, DOCUMENT])
def test_who_registered_itself_is_limited_or_removed(house: House, call: Call, source: str) -> None:
    client_id = "https://agent.example/c" if source == DOCUMENT else "x9-dynamic"
    stranger(house, client_id, source)
    assert [found.client_id for found in call("clients.list", source=source).clients] == [client_id]
    given = {"client_id": client_id, "version": 1}
    for loosened in (
        {"require_acr": "aal1"},
        {"access_token_seconds": 301},
        {"redirect_uris": [f"{CALLBACK}/2"]},
        {"consent": False},
    ):
        with pytest.raises(BadRequest, match="nothing else"):
            call("clients.update", **given, **loosened)
    limited = call("clients.update", **given, require_acr="aal2", access_token_seconds=60)
    assert (limited.require_acr, limited.access_token_seconds) == ("aal2", 60)
    whole = {name: getattr(limited, name) for name in Members.model_fields}
    again = call(
        "clients.update", client_id=client_id, version=2, **{**whole, "require_acr": "phr"}
    )
    assert (again.require_acr, again.redirect_uris) == ("phr", [CALLBACK])
    call("clients.remove", client_id=client_id)
    with pytest.raises(BadRequest, match="no client"):
        call("clients.get", client_id=client_id)


def test_our_own_client_stays_as_it_is(house: House, call: Call) -> None:
    for operation, more in (
        ("clients.update", {"version": 1, "require_acr": "aal1"}),
        ("clients.remove", {}),
        ("clients.rotate_secret", {}),
        ("clients.allow_exchange", {"of": "support", "audience": ["https://a.example"]}),
    ):
        with pytest.raises(NotAllowed):
            call(operation, client_id=CLIENT, **more)
    call("clients.add", client_id="support")
    with pytest.raises(NotAllowed):
        call(
            "clients.allow_exchange", client_id="support", of=CLIENT, audience=["https://a.example"]
        )


def test_lists_go_on_where_they_ended(house: House, call: Call) -> None:
    for number in range(5):
        call("clients.add", client_id=f"bot-{number}", name=f"Bot % {number}")
    names, after = [], ""
    while True:
        page = call("clients.list", words="bot %", limit=2, after=after)
        names += [found.client_id for found in page.clients]
        after = page.next
        if not after:
            break
    assert names == [f"bot-{number}" for number in range(5)]
    assert call("clients.list", words="BOT-3").clients[0].client_id == "bot-3"


def test_the_provider_sees_a_change_within_its_bound(house: House, call: Call) -> None:
    call("clients.add", client_id="support")
    cached = Clients(house.store, house.clock)
    first = cached.get("support")
    assert first
    call("clients.update", client_id="support", version=1, require_acr="aal2")
    house.clock.advance(STALENESS)
    again = cached.get("support")
    assert again
    assert again.record.require_acr == "aal2"
    call("clients.remove", client_id="support")
    house.clock.advance(STALENESS - timedelta(milliseconds=1))
    assert cached.get("support") is again
    house.clock.advance(timedelta(milliseconds=1))
    assert cached.get("support") is None
