from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from contracts.clock import Clock
from contracts.errors import BadRequest
from gateway import oidc
from gateway.oidc.clients import consistency
from gateway.oidc.clients.subject import Subjects, sector_identifier
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.logout.token import LogoutTokens
from gateway.oidc.token.grants.device_code import DeviceCodeGrant
from store import Client, Store
from store.accounts import Account
from store.client_metadata import ClientMetadata
from store.clients import DYNAMIC, OPERATOR
from tests.gateway.oidc.relying_party import ISSUER, REDIRECT, RelyingParty, answered

PAIRWISE = ClientMetadata(subject_type="pairwise")


@pytest.fixture
def pairwise(rp: RelyingParty, store: Store, registered: Client) -> RelyingParty:
    """A client that is told pairwise subjects."""
    _add(store, registered, "pairwise")
    return RelyingParty(rp.browser, "pairwise")


def _add(store: Store, like: Client, client_id: str, **changes: Any) -> Client:
    client = replace(like, id=client_id, **{"metadata": PAIRWISE, **changes})
    with store.write() as tx:
        tx.clients.add(client)
    return client


def _claims(store: Store, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(oidc.jwks(store))
    return jwt.decode(token, keys, algorithms=["ES256"]).claims


def test_every_place_names_the_person_alike(
    pairwise: RelyingParty, store: Store, account: Account
) -> None:
    tokens = pairwise.tokens()
    sub = _claims(store, tokens["id_token"])["sub"]
    assert sub != account.id
    assert len(sub) <= 255
    assert _claims(store, tokens["access_token"])["sub"] == sub
    assert pairwise.userinfo(tokens["access_token"]).get_json()["sub"] == sub
    for name in ("access_token", "refresh_token"):
        asked = {"data": {"token": tokens[name]}, "headers": pairwise.basic()}
        assert pairwise.browser.post("/oauth/introspect", **asked).get_json()["sub"] == sub
    assert account.id not in str(_claims(store, tokens["access_token"]))


def test_no_session_tells_two_clients_of_one_person(
    pairwise: RelyingParty, store: Store, registered: Client
) -> None:
    """A `sid` for all would undo what pairwise subjects are for; within a sector it is one."""
    _add(store, registered, "stranger", redirect_uris=("https://other.example/callback",))
    _add(store, registered, "sibling")
    others = (
        RelyingParty(pairwise.browser, "stranger", "https://other.example/callback"),
        RelyingParty(pairwise.browser, "sibling"),
    )
    own, stranger, sibling = (
        _claims(store, party.tokens()["id_token"])["sid"] for party in (pairwise, *others)
    )
    assert own == sibling
    assert own != stranger
    assert "s" * 32 not in {own, stranger}


def test_the_end_of_a_session_is_told_by_the_same_name(
    pairwise: RelyingParty, store: Store, clock: Clock, account: Account, signing_keys: object
) -> None:
    """RP-Initiated Logout 1.0, section 2, and Back-Channel Logout 1.0, section 2.4."""
    id_token = pairwise.tokens()["id_token"]
    with store.read() as tx:
        client = tx.clients.get("pairwise")
    assert client
    tokens = LogoutTokens(ISSUER, KeyRing(store, clock), clock, Subjects(store.vault))
    told = _claims(store, tokens.sign(client, account.id, "s" * 32))
    assert told["sid"] == _claims(store, id_token)["sid"]
    answer = pairwise.browser.get("/oauth/logout", query_string={"id_token_hint": id_token})
    assert "/oauth/logout/confirm" not in answer.text


def test_a_refreshed_token_and_another_login_keep_it(pairwise: RelyingParty, store: Store) -> None:
    """Section 12.2: the refreshed ID token's sub must be the same."""
    tokens = pairwise.tokens()
    subs = {_claims(store, tokens["id_token"])["sub"]}
    again = pairwise.refresh(tokens["refresh_token"]).get_json()
    subs |= {_claims(store, again[name])["sub"] for name in ("id_token", "access_token")}
    subs.add(_claims(store, pairwise.tokens()["id_token"])["sub"])
    assert len(subs) == 1


def test_a_public_subject_is_the_account(rp: RelyingParty, store: Store, account: Account) -> None:
    assert _claims(store, rp.tokens()["id_token"])["sub"] == account.id


def test_both_types_are_announced(rp: RelyingParty) -> None:
    metadata = rp.browser.get("/.well-known/openid-configuration").get_json()
    assert metadata["subject_types_supported"] == ["public", "pairwise"]


def test_clients_of_one_sector_agree_and_strangers_cannot_compare(
    store: Store, registered: Client
) -> None:
    """Section 8.1: not deducible, different for different sectors, the same within one."""
    subjects, ids = Subjects(store.vault), ("one", "two")
    client = replace(registered, metadata=PAIRWISE)
    sibling = replace(client, id="sibling", redirect_uris=("https://bot.example/elsewhere",))
    stranger = replace(client, id="stranger", redirect_uris=("https://other.example/callback",))
    seen = {(c.id, a): subjects.of(c, a) for c in (client, sibling, stranger) for a in ids}
    assert all(seen["bot", account] == seen["sibling", account] for account in ids)
    assert len(set(seen.values())) == 4


def test_the_sector_identifier_uri_counts_first(registered: Client) -> None:
    metadata = replace(PAIRWISE, sector_identifier_uri="https://sector.example/uris.json")
    assert sector_identifier(replace(registered, metadata=metadata)) == "sector.example"
    assert sector_identifier(registered) == "bot.example"
    polled = replace(PAIRWISE, jwks_uri="https://ciba.example/jwks")
    assert sector_identifier(replace(registered, redirect_uris=(), metadata=polled)) == (
        "ciba.example"
    )


@pytest.mark.parametrize(
    "uris", [(), ("http://127.0.0.1/cb",), ("http://[::1]/cb", "com.example.bot:/cb")]
)
def test_a_client_without_a_host_is_a_sector_by_itself(
    registered: Client, uris: tuple[str, ...]
) -> None:
    sectors = {sector_identifier(replace(registered, id=name, redirect_uris=uris)) for name in "ab"}
    assert len(sectors) == 2
    assert REDIRECT not in sectors


@pytest.mark.parametrize("grant", ["authorization_code", DeviceCodeGrant.GRANT_TYPE])
def test_no_stranger_enters_the_sector_of_another(registered: Client, grant: str) -> None:
    """Who polls for tokens registers the addresses of others and never has to be there."""
    metadata = replace(PAIRWISE, grant_types=(grant,), jwks_uri="https://bot.example/jwks")
    client = replace(registered, source=DYNAMIC, metadata=metadata)
    ways = (client, replace(client, redirect_uris=()))
    redirected = grant == "authorization_code"
    assert [sector_identifier(way) == "bot.example" for way in ways] == [redirected] * 2
    assert sector_identifier(replace(client, source=OPERATOR)) == "bot.example"


def test_nobody_registers_pairwise_subjects_for_several_hosts_without_a_sector(
    registered: Client,
) -> None:
    several = (REDIRECT, "https://other.example/callback")
    client = replace(registered, redirect_uris=several)
    consistency.check(client)
    with pytest.raises(BadRequest, match="sector_identifier_uri"):
        consistency.check(replace(client, metadata=PAIRWISE))
    sector = replace(PAIRWISE, sector_identifier_uri="https://bot.example/uris.json")
    consistency.check(replace(client, metadata=sector))


def test_a_hint_and_a_claim_name_the_person_as_the_client_does(
    pairwise: RelyingParty, store: Store, account: Account
) -> None:
    """Core, 3.1.2.1 and 5.5.1: id_token_hint, and `sub` asked for with a value."""
    id_token = pairwise.tokens()["id_token"]
    sub = _claims(store, id_token)["sub"]

    def asked(**how: str) -> dict[str, str]:
        return answered(pairwise.authorize(prompt="none", **how))

    assert "code" in asked(id_token_hint=id_token)
    assert "code" in asked(claims=json.dumps({"id_token": {"sub": {"value": sub}}}))
    other = json.dumps({"id_token": {"sub": {"value": account.id}}})
    assert asked(claims=other)["error"] == "login_required"
