"""The end of a session, on both databases: all at once, and everybody is told."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.assurance import Assurance, Requirement
from store import Account, Client, Session, Store
from store.client_metadata import ClientMetadata
from store.endings import LIFETIME, LOGOUT
from store.events import EVENT, Event
from store.grants import Access
from tests.fakes.clock import FakeClock
from tests.fakes.race import race

DAY = timedelta(days=1)
HEARS = ClientMetadata(backchannel_logout_uri="https://chat.example/logout")


@pytest.fixture
def hearing(store: Store, chatbot: Client) -> Client:
    """A client with a back channel, beside `chatbot`, which has none."""
    client = replace(chatbot, id="hearing", metadata=HEARS)
    with store.write() as tx:
        tx.clients.add(client)
    return client


def session(store: Store, account: Account) -> Session:
    with store.write() as tx:
        return tx.sessions.open(account.id, (), DAY)[1]


def let_in(store: Store, assurance: Assurance, session: Session, client_id: str) -> str:
    held = replace(assurance, subject=session.account_id, sid=session.sid)
    with store.write() as tx:
        return tx.grants.open(held, client_id, Access(scope="openid"), DAY).id


def told(store: Store, clock: FakeClock) -> list[tuple[str, str]]:
    with store.write() as tx:
        rows = tx.outbox.claim(clock.now(), timedelta(minutes=1), LOGOUT)
    return sorted((row.payload["client_id"], row.payload["sid"]) for row in rows)


def noted(store: Store, clock: FakeClock) -> dict[str, list[str]]:
    """The clients that each session let in which is noted as ended."""
    with store.write() as tx:
        rows = tx.outbox.claim(clock.now(), timedelta(minutes=1), EVENT)
    assert {row.payload["type"] for row in rows} <= {Event.SESSION_ENDED}
    sids = [row.payload["data"]["session"] for row in rows]
    assert len(sids) == len(set(sids))
    return {row.payload["data"]["session"]: row.payload["clients"] for row in rows}


def live(store: Store, clock: FakeClock, grant_id: str) -> bool:
    with store.read() as tx:
        grant = tx.grants.get(grant_id)
    return grant is not None and grant.live(clock.now())


def test_one_session_ends_with_all_that_hangs_on_it(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here, elsewhere = session(store, jane), session(store, jane)
    grants = [let_in(store, assurance, here, name) for name in ("chatbot", "hearing", "hearing")]
    other = let_in(store, assurance, elsewhere, "hearing")
    with store.write() as tx:
        tx.endings.session(here.sid, jane.id)
    assert told(store, clock) == [("hearing", here.sid)]
    assert noted(store, clock) == {here.sid: ["chatbot", "hearing"]}
    assert not any(live(store, clock, grant) for grant in grants)
    assert live(store, clock, other)
    with store.read() as tx:
        assert [found.sid for found in tx.sessions.list(jane.id)] == [elsewhere.sid]


def test_every_session_of_an_account_ends(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    sessions = [session(store, jane), session(store, jane)]
    for held in sessions:
        let_in(store, assurance, held, "hearing")
    with store.write() as tx:
        tx.endings.account(jane.id)
    assert told(store, clock) == sorted(("hearing", held.sid) for held in sessions)
    assert noted(store, clock) == {held.sid: ["hearing"] for held in sessions}
    with store.read() as tx:
        assert tx.sessions.list(jane.id) == []


def test_tokens_that_outlived_their_session_end_with_the_account(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    over = session(store, jane)
    grant = let_in(store, assurance, over, "hearing")
    with store.write() as tx:
        tx.sessions.end(over.sid)
        tx.accounts.set_disabled(jane.id, True)
    assert told(store, clock) == [("hearing", over.sid)]
    assert not live(store, clock, grant)


def test_nobody_is_told_twice(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here = session(store, jane)
    let_in(store, assurance, here, "hearing")
    with store.write() as tx:
        tx.endings.session(here.sid, jane.id)
        tx.endings.account(jane.id)
    assert told(store, clock) == [("hearing", here.sid)]


@pytest.mark.parametrize("whole", [False, True], ids=["one session", "the account"])
def test_many_at_once_tell_once(
    store: Store,
    clock: FakeClock,
    assurance: Assurance,
    jane: Account,
    hearing: Client,
    whole: bool,
) -> None:
    here = session(store, jane)
    let_in(store, assurance, here, "hearing")

    def end() -> None:
        with store.write() as tx:
            if whole:
                tx.endings.account(jane.id)
            else:
                tx.endings.session(here.sid, jane.id)

    race(end, 20)
    assert told(store, clock) == [("hearing", here.sid)]
    assert noted(store, clock) == {here.sid: ["hearing"]}


def test_logins_that_carry_its_proofs_on_are_over(store: Store, jane: Account) -> None:
    here = session(store, jane)
    with store.write() as tx:
        handle = tx.logins.open("browser", Requirement("mfa"), "/", "/", DAY)
        login = tx.logins.find(handle, "browser")
        assert login
        tx.logins.advance(login, account_id=jane.id, events=())
        tx.endings.session(here.sid, jane.id)
    with store.read() as tx:
        assert tx.logins.find(handle, "browser") is None


def test_what_was_not_committed_is_not_told(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here = session(store, jane)
    grant = let_in(store, assurance, here, "hearing")
    with contextlib.suppress(RuntimeError), store.write() as tx:
        tx.endings.session(here.sid, jane.id)
        raise RuntimeError
    assert told(store, clock) == []
    assert live(store, clock, grant)


def test_a_message_is_kept_for_an_hour(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here = session(store, jane)
    let_in(store, assurance, here, "hearing")
    with store.write() as tx:
        tx.endings.session(here.sid, jane.id)
    clock.advance(LIFETIME)
    assert told(store, clock) == []


def test_whom_a_session_let_in(
    store: Store, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here = session(store, jane)
    for name in ("chatbot", "hearing", "chatbot"):
        let_in(store, assurance, here, name)
    with store.read() as tx:
        assert {client.id for client in tx.endings.let_in(here.sid)} == {"chatbot", "hearing"}
        assert tx.endings.let_in("nothing") == []


def test_consents_are_listed_and_taken_back(
    store: Store, clock: FakeClock, assurance: Assurance, jane: Account, hearing: Client
) -> None:
    here = session(store, jane)
    grant, other = (let_in(store, assurance, here, name) for name in ("chatbot", "hearing"))
    with store.write() as tx:
        tx.consents.give(jane.id, "chatbot", {"openid", "profile"})
        [given] = tx.consents.list(jane.id)
        assert (given.client_name, given.scope) == ("Chatbot", "openid profile")
        tx.consents.withdraw(jane.id, "chatbot")
        tx.grants.revoke_client(jane.id, "chatbot")
        assert tx.consents.list(jane.id) == []
    assert not live(store, clock, grant)
    assert live(store, clock, other)


def test_an_expired_session_leaves_no_row(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        tx.sessions.open(jane.id, (), DAY)
        tx.sessions.open(jane.id, (), 2 * DAY)
    clock.advance(DAY)
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["sessions"] == 1
        assert tx.retention.rows()["sessions"] == 1
