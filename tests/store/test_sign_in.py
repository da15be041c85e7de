"""Ceremonies, logins and sessions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.assurance import AuthEvent, Requirement
from contracts.errors import Expired
from contracts.factor import Kind, Proof
from store import Account, Ceremony, Login, Purpose, Session, Store
from tests.fakes.clock import FakeClock

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CEREMONY = Ceremony(None, "owner", "otp", Purpose.VERIFY, "c" * 32, b"123456", 2, 3)


@pytest.fixture
def event(clock: FakeClock) -> AuthEvent:
    return AuthEvent("password", frozenset({Kind.KNOWLEDGE}), ("pwd",), Proof(), clock.now())


@pytest.fixture
def handle(store: Store, clock: FakeClock) -> str:
    requirement = Requirement("mfa", ("aal2",), clock.now(), "jane", "chatbot", "Chatbot", ("en",))
    with store.write() as tx:
        return tx.logins.open("browser", requirement, "/continue", "/cancel", HOUR)


def found(store: Store, handle: str) -> Login:
    with store.read() as tx:
        login = tx.logins.find(handle, "browser")
    assert login is not None
    return login


def test_a_ceremony_is_taken_once(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        handle = tx.ceremonies.put(CEREMONY, MINUTE)
    with store.write() as tx:
        taken = tx.ceremonies.take(handle, "owner")
        assert taken == replace(CEREMONY, expires_at=clock.now() + MINUTE)
        assert tx.ceremonies.take(handle, "owner") is None


def test_a_ceremony_is_its_owners(store: Store) -> None:
    with store.write() as tx:
        handle = tx.ceremonies.put(CEREMONY, MINUTE)
        assert tx.ceremonies.take(handle, "another") is None
        assert tx.ceremonies.take("another", "owner") is None
        assert tx.ceremonies.take(handle, "owner") is not None


def test_a_ceremony_expires(store: Store, clock: FakeClock) -> None:
    with store.write() as tx:
        handle = tx.ceremonies.put(CEREMONY, MINUTE)
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.ceremonies.take(handle, "owner") is None


def test_a_ceremony_does_not_print_its_secret() -> None:
    assert "123456" not in repr(CEREMONY)


def test_a_login_comes_back_as_it_went(store: Store, handle: str, clock: FakeClock) -> None:
    login = found(store, handle)
    assert login.requirement == Requirement(
        "mfa", ("aal2",), clock.now(), "jane", "chatbot", "Chatbot", ("en",)
    )
    assert (login.return_to, login.cancel_to) == ("/continue", "/cancel")
    assert (login.account_id, login.events, login.failures) == (None, (), 0)
    assert login.created_at == clock.now()


def test_a_login_is_its_browsers_and_expires(store: Store, handle: str, clock: FakeClock) -> None:
    with store.read() as tx:
        assert tx.logins.find(handle, "another") is None
    clock.advance(HOUR)
    with store.read() as tx:
        assert tx.logins.find(handle, "browser") is None


def test_a_login_advances_from_the_version_that_was_read(
    store: Store, handle: str, jane: Account, event: AuthEvent
) -> None:
    login = found(store, handle)
    with store.write() as tx:
        assert tx.logins.advance(login, account_id=jane.id, events=[event])
        assert not tx.logins.advance(login, account_id=jane.id, events=[event, event])
    assert found(store, handle).events == (event,)


def test_a_login_never_changes_its_account(
    store: Store, handle: str, jane: Account, event: AuthEvent
) -> None:
    login = found(store, handle)
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        tx.logins.advance(login, account_id=jane.id, events=[event])
    for other in (joe.id, None):
        login = found(store, handle)
        with store.write() as tx:
            assert not tx.logins.advance(login, account_id=other, events=[event])
    assert found(store, handle).account_id == jane.id


def test_a_login_of_a_disabled_account_is_over(
    store: Store, handle: str, jane: Account, event: AuthEvent
) -> None:
    login = found(store, handle)
    with store.write() as tx:
        tx.logins.advance(login, account_id=jane.id, events=[event])
        tx.accounts.set_disabled(jane.id, True)
        assert tx.logins.find(handle, "browser") is None


def test_a_login_is_finished_only_as_it_was_read(
    store: Store, handle: str, jane: Account, event: AuthEvent
) -> None:
    login = found(store, handle)
    with store.write() as tx:
        tx.logins.advance(login, account_id=jane.id, events=[event])
        assert not tx.logins.finish(login)
    moved = found(store, handle)
    with store.write() as tx:
        assert tx.logins.finish(moved)
        assert not tx.logins.finish(moved)


def test_a_login_counts_failures_and_ends_once(store: Store, handle: str) -> None:
    login = found(store, handle)
    with store.write() as tx:
        assert [tx.logins.failed(login) for _ in range(3)] == [1, 2, 3]
        assert tx.logins.close(login)
        assert not tx.logins.close(login)
    with pytest.raises(Expired), store.write() as tx:
        tx.logins.failed(login)


def session_of(store: Store, cookie: str, idle: timedelta = HOUR) -> Session | None:
    with store.read() as tx:
        return tx.sessions.find(cookie, idle)


def test_a_session_comes_back_as_it_went(store: Store, jane: Account, event: AuthEvent) -> None:
    with store.write() as tx:
        cookie, session = tx.sessions.open(jane.id, [event], HOUR)
    assert session_of(store, cookie) == session
    assert session_of(store, "another") is None
    assert session.events == (event,)
    assert session.id_hash not in repr(session)


def test_a_session_ends_with_its_lifetime(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), HOUR)
    clock.advance(HOUR)
    assert session_of(store, cookie, timedelta(days=1)) is None
    with store.read() as tx:
        assert tx.sessions.list(jane.id) == []


def test_a_session_ends_when_idle_and_lives_by_use(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), HOUR)
    for _ in range(4):
        clock.advance(timedelta(minutes=9))
        assert session_of(store, cookie, timedelta(minutes=10)) is not None
    clock.advance(timedelta(minutes=10))
    assert session_of(store, cookie, timedelta(minutes=10)) is None


def test_a_use_is_noted_once_a_minute(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        cookie, session = tx.sessions.open(jane.id, (), HOUR)
    clock.advance(timedelta(seconds=59))
    session_of(store, cookie)
    with store.read() as tx:
        assert tx.sessions.list(jane.id) == [session]
    clock.advance(timedelta(seconds=1))
    session_of(store, cookie)
    with store.read() as tx:
        assert tx.sessions.list(jane.id) == [replace(session, last_used_at=clock.now())]


def test_what_is_taken_back_while_a_use_is_noted_does_not_return(
    store: Store, jane: Account, event: AuthEvent, clock: FakeClock
) -> None:
    with store.write() as tx:
        cookie, session = tx.sessions.open(jane.id, [event], HOUR)
    clock.advance(timedelta(minutes=1))
    with store.read() as reading:
        assert reading.sessions.find(cookie, HOUR) is not None
        with store.write() as tx:
            assert tx.sessions.lower(session, [])
    with store.read() as tx:
        [noted] = tx.sessions.list(jane.id)
    assert (noted.last_used_at, noted.events) == (clock.now(), ())


def test_a_rotated_session_keeps_its_sid_and_loses_its_cookie(
    store: Store, jane: Account, event: AuthEvent
) -> None:
    with store.write() as tx:
        cookie, session = tx.sessions.open(jane.id, (), HOUR)
        fresh = tx.sessions.rotate(session, [event])
        assert tx.sessions.rotate(session, []) is None
    assert fresh is not None
    assert session_of(store, cookie) is None
    rotated = session_of(store, fresh)
    assert rotated is not None
    assert (rotated.sid, rotated.events) == (session.sid, (event,))


def test_sessions_end_by_sid_and_by_account(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        first, ended = tx.sessions.open(jane.id, (), HOUR)
        second, _ = tx.sessions.open(jane.id, (), HOUR)
        others, _ = tx.sessions.open(joe.id, (), HOUR)
        tx.sessions.end(ended.sid)
    assert [bool(session_of(store, cookie)) for cookie in (first, second)] == [False, True]
    with store.write() as tx:
        tx.sessions.end_all(jane.id)
    assert [bool(session_of(store, cookie)) for cookie in (second, others)] == [False, True]
