"""Clients, interactions, grants, codes, refresh tokens, consents and signing keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.assurance import Assurance
from contracts.errors import Conflict
from store import Account, Client, Store
from store.clients import secret_digest
from store.codes import Code
from store.grants import Access, Grant
from store.keys import SigningKey
from store.redeemable import Replayed
from store.refresh_tokens import Holder, RefreshToken
from tests.fakes.clock import FakeClock

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHATBOT = Holder("chatbot")
JKT = "j" * 43
REDIRECT = "https://chat.example/callback"


def revoked(store: Store, grant: Grant) -> bool:
    with store.read() as tx:
        found = tx.grants.get(grant.id)
    assert found is not None
    return found.revoked_at is not None


def test_a_client_comes_back_as_it_went(store: Store, chatbot: Client) -> None:
    with store.read() as tx:
        assert tx.clients.get("chatbot") == chatbot
        assert tx.clients.get("another") is None
        assert tx.clients.list() == [chatbot]
    assert chatbot.public


def test_a_client_secret_is_kept_as_one_hash(store: Store, chatbot: Client) -> None:
    backend = replace(chatbot, id="backend", secret_hash=secret_digest("secret"))
    with store.write() as tx:
        tx.clients.add(backend)
        found = tx.clients.get("backend")
    assert found == backend
    assert not backend.public
    assert backend.secret_hash == (
        "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    )
    assert str(backend.secret_hash) not in repr(backend)


def test_a_client_id_exists_once(store: Store, chatbot: Client) -> None:
    with pytest.raises(Conflict), store.write() as tx:
        tx.clients.add(replace(chatbot, name="Another"))


def test_a_removed_client_takes_its_grants_along(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        tx.codes.put(Code(grant.id, REDIRECT, "challenge"), MINUTE)
        assert tx.clients.remove("chatbot")
        assert not tx.clients.remove("chatbot")
        assert tx.grants.get(grant.id) is None


def test_an_interaction_is_its_browsers(store: Store, chatbot: Client, clock: FakeClock) -> None:
    request = {"scope": "openid", "state": "a\0b", "claims": {"acr": None}}
    with store.write() as tx:
        handle = tx.interactions.put("browser", chatbot.id, request, MINUTE)
    with store.write() as tx:
        assert tx.interactions.find(handle, "another") is None
        assert tx.interactions.take(handle, "another") is None
        found = tx.interactions.find(handle, "browser")
        assert found is not None
        assert (found.client_id, found.request) == (chatbot.id, request)
        assert found.created_at == clock.now()
        assert tx.interactions.take(handle, "browser") == found
        assert tx.interactions.find(handle, "browser") is None


def test_an_interaction_expires(store: Store, chatbot: Client, clock: FakeClock) -> None:
    with store.write() as tx:
        handle = tx.interactions.put("browser", chatbot.id, {}, MINUTE)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.interactions.find(handle, "browser") is None
        assert tx.interactions.take(handle, "browser") is None


def test_a_grant_comes_back_as_it_went(
    store: Store, grant: Grant, assurance: Assurance, clock: FakeClock
) -> None:
    with store.read() as tx:
        assert tx.grants.get(grant.id) == grant
        assert tx.grants.get("0" * 32) is None
    assert (grant.account_id, grant.acr, grant.amr) == (
        assurance.subject,
        assurance.acr,
        assurance.amr,
    )
    assert grant.live(clock.now())
    assert not grant.live(clock.now() + DAY)


def test_grants_are_revoked_one_by_one_by_session_and_by_account(
    store: Store, assurance: Assurance, chatbot: Client
) -> None:
    def opened(sid: str) -> Grant:
        with store.write() as tx:
            return tx.grants.open(
                replace(assurance, sid=sid), chatbot.id, Access(scope="openid"), DAY
            )

    family = [opened("one"), opened("two"), opened("two"), opened("three")]
    with store.write() as tx:
        tx.grants.revoke(family[0].id)
    assert [revoked(store, grant) for grant in family] == [True, False, False, False]
    with store.write() as tx:
        tx.grants.revoke_session("two")
    assert [revoked(store, grant) for grant in family] == [True, True, True, False]
    with store.write() as tx:
        tx.grants.revoke_account(assurance.subject)
    assert all(revoked(store, grant) for grant in family)


def test_a_second_revocation_keeps_the_first_instant(
    store: Store, grant: Grant, clock: FakeClock
) -> None:
    with store.write() as tx:
        tx.grants.revoke(grant.id)
        first = tx.grants.get(grant.id)
        clock.advance(MINUTE)
        tx.grants.revoke(grant.id)
        assert tx.grants.get(grant.id) == first


def test_a_code_is_redeemed_once_and_tells_its_family(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        code = tx.codes.put(Code(grant.id, REDIRECT, "challenge"), MINUTE)
        assert tx.codes.redeem(code) == Code(grant.id, REDIRECT, "challenge")
        assert tx.codes.redeem(code) == Replayed(grant.id)
        assert tx.codes.redeem("another") is None


def test_a_code_expires_and_a_replay_is_still_known(
    store: Store, grant: Grant, clock: FakeClock
) -> None:
    with store.write() as tx:
        spent = tx.codes.put(Code(grant.id, REDIRECT, "challenge"), MINUTE)
        unspent = tx.codes.put(Code(grant.id, REDIRECT, "challenge"), MINUTE)
        tx.codes.redeem(spent)
    clock.advance(MINUTE)
    with store.write() as tx:
        tx.retention.purge(clock.now())
        assert tx.codes.redeem(unspent) is None
        assert tx.codes.redeem(spent) == Replayed(grant.id)


def test_nothing_is_redeemed_under_a_revoked_grant(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        code = tx.codes.put(Code(grant.id, REDIRECT, "challenge"), MINUTE)
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        tx.grants.revoke(grant.id)
        assert tx.codes.redeem(code) is None
        assert tx.refresh_tokens.rotate(token, CHATBOT, MINUTE) is None


def test_a_refresh_token_is_redeemed_once_and_tells_its_family(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        rotated = tx.refresh_tokens.rotate(token, CHATBOT, MINUTE)
        assert isinstance(rotated, RefreshToken)
        assert (rotated.grant_id, rotated.repeated) == (grant.id, False)
        assert tx.refresh_tokens.rotate(token, CHATBOT, MINUTE) == Replayed(grant.id)
        assert tx.refresh_tokens.rotate("another", CHATBOT, MINUTE) is None
        assert tx.refresh_tokens.find(rotated.token)


def test_a_refresh_token_expires_and_never_outlives_its_grant(
    store: Store, grant: Grant, clock: FakeClock
) -> None:
    with store.write() as tx:
        short = tx.refresh_tokens.put(grant.id, MINUTE)
        long = tx.refresh_tokens.put(grant.id, 2 * DAY)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.refresh_tokens.rotate(short, CHATBOT, MINUTE) is None
    clock.advance(DAY)
    with store.write() as tx:
        assert tx.refresh_tokens.rotate(long, CHATBOT, MINUTE) is None


@pytest.mark.parametrize("holder", [Holder("another", JKT), CHATBOT, Holder("chatbot", "k" * 43)])
def test_a_bound_refresh_token_is_unknown_to_others(
    store: Store, grant: Grant, holder: Holder
) -> None:
    with store.write() as tx:
        tx.grants.bind(grant, JKT)
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        assert tx.refresh_tokens.rotate(token, holder, MINUTE) is None
        assert tx.refresh_tokens.use(token, holder, MINUTE) is None
        assert tx.refresh_tokens.rotate(token, Holder("chatbot", JKT), MINUTE)
        assert tx.refresh_tokens.rotate(token, holder, MINUTE) == Replayed(grant.id)


def test_the_holder_of_the_key_may_ask_again(store: Store, grant: Grant, clock: FakeClock) -> None:
    holder = Holder("chatbot", JKT)
    with store.write() as tx:
        tx.grants.bind(grant, JKT)
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        first = tx.refresh_tokens.rotate(token, holder, MINUTE)
        assert isinstance(first, RefreshToken)
        clock.advance(timedelta(seconds=9))
        again = RefreshToken(grant.id, first.token, repeated=True)
        assert tx.refresh_tokens.rotate(token, holder, MINUTE) == again
        clock.advance(timedelta(seconds=1))
        assert tx.refresh_tokens.rotate(token, holder, MINUTE) == Replayed(grant.id)


def test_a_refresh_token_that_stays_lives_from_its_last_use(
    store: Store, grant: Grant, clock: FakeClock
) -> None:
    with store.write() as tx:
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        clock.advance(timedelta(seconds=59))
        assert tx.refresh_tokens.use(token, CHATBOT, MINUTE) == RefreshToken(grant.id, token)
        clock.advance(timedelta(seconds=59))
        assert tx.refresh_tokens.find(token)
        clock.advance(timedelta(seconds=1))
        assert tx.refresh_tokens.use(token, CHATBOT, MINUTE) is None


def test_a_spent_refresh_token_is_not_used_either(store: Store, grant: Grant) -> None:
    with store.write() as tx:
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        tx.refresh_tokens.rotate(token, CHATBOT, MINUTE)
        assert tx.refresh_tokens.use(token, CHATBOT, MINUTE) == Replayed(grant.id)


def test_who_is_behind_a_grant(store: Store, grant: Grant, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        found = tx.accounts.behind(grant.id)
        assert found
        assert (found.grant, found.account) == (grant, jane)
        assert tx.accounts.behind("another") is None
    clock.advance(DAY)
    with store.read() as tx:
        assert tx.accounts.behind(grant.id) is None


def test_nobody_is_behind_a_revoked_grant(store: Store, grant: Grant, jane: Account) -> None:
    with store.write() as tx:
        tx.grants.revoke(grant.id)
        assert tx.accounts.behind(grant.id) is None


def test_nobody_is_behind_the_grant_of_a_disabled_account(
    store: Store, grant: Grant, jane: Account
) -> None:
    with store.write() as tx:
        tx.accounts.set_disabled(jane.id, True)
        assert tx.accounts.behind(grant.id) is None


def test_consents_add_up(store: Store, jane: Account, chatbot: Client) -> None:
    with store.write() as tx:
        assert tx.consents.find(jane.id, chatbot.id) == set()
        tx.consents.give(jane.id, chatbot.id, {"openid"})
        tx.consents.give(jane.id, chatbot.id, {"profile"})
        assert tx.consents.find(jane.id, chatbot.id) == {"openid", "profile"}
        tx.consents.withdraw(jane.id, chatbot.id)
        assert tx.consents.find(jane.id, chatbot.id) == set()


def test_signing_keys_are_listed_until_they_retire(store: Store, clock: FakeClock) -> None:
    now = clock.now()
    first = SigningKey("one", "ES256", {"kty": "EC"}, b'{"d": "secret"}', now)
    following = SigningKey("two", "ES256", {"kty": "EC"}, b"{}", now + DAY)
    with store.write() as tx:
        tx.keys.add(following)
        tx.keys.add(first)
        assert tx.keys.list() == [first, following]
        tx.keys.retire("one", now + MINUTE)
        assert tx.keys.list() == [replace(first, retires_at=now + MINUTE), following]
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.keys.list() == [following]
        assert [key.kid for key in tx.keys.withdrawn()] == ["one"]
        tx.keys.remove("one")
        assert tx.keys.withdrawn() == []
    assert "secret" not in repr(first)
    with pytest.raises(Conflict), store.write() as tx:
        tx.keys.add(following)
