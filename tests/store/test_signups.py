"""Sign-ups: one browser's, sealed, for a while, and each step of them once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.assurance import AuthEvent
from contracts.factor import Channel, Kind, Proof, Template
from store import Signup, Store
from tests.fakes.clock import FakeClock

LIFETIME = timedelta(minutes=30)
MINE = "a browser"
PROVEN = AuthEvent(
    "otp",
    frozenset({Kind.POSSESSION}),
    ("otp",),
    Proof(address_code=Channel.EMAIL),
    datetime(2026, 3, 20, 12, tzinfo=UTC),
)
ADDRESS = "canary-address@example.org"


def opened(store: Store, signup: Signup) -> str:
    with store.write() as tx:
        return tx.signups.open(signup, MINE, LIFETIME)


def found(store: Store, handle: str, browser: str = MINE) -> Signup | None:
    with store.read() as tx:
        return tx.signups.find(handle, browser)


def test_a_signup_remembers_what_was_shown(store: Store) -> None:
    signup = Signup(login="canary-login", address=ADDRESS, events=(PROVEN,))
    kept = found(store, opened(store, signup))
    assert kept is not None
    assert replace(kept, handle_hash="", version=0) == signup


def test_a_signup_belongs_to_one_browser_for_a_while(store: Store, clock: FakeClock) -> None:
    handle = opened(store, Signup())
    assert found(store, handle, "another browser") is None
    clock.advance(LIFETIME)
    assert found(store, handle) is None
    with store.write() as tx:
        assert tx.retention.purge(clock.now())["signups"] == 1


def test_one_of_two_steps_at_once_counts(store: Store) -> None:
    signup = found(store, opened(store, Signup()))
    assert signup
    with store.write() as tx:
        assert tx.signups.advance(replace(signup, username="ann"))
        assert not tx.signups.advance(replace(signup, username="ben"))
        assert not tx.signups.close(signup)
        assert tx.signups.close(replace(signup, version=2))
        assert not tx.signups.close(replace(signup, version=2))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_database_file_does_not_tell_who_signs_up(store: Store, tmp_path: Path) -> None:
    handle = opened(store, Signup(login="canary-login", address=ADDRESS, username="canary-name"))
    with store.write() as tx:
        account = tx.accounts.add("jane")
        tx.credentials.add(account.id, "otp", Template(b"", "otp/1", address="canary-phone"))
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir() if ".db" in file.name)
    for secret in (handle, "canary-login", ADDRESS, "canary-name", "canary-phone"):
        assert secret.encode() not in held


def test_an_address_leads_to_whose_it_is(store: Store) -> None:
    with store.write() as tx:
        jane = tx.accounts.add("jane", "Jane@example.org")
        ann = tx.accounts.add("ann", ADDRESS)
        template = Template(b"", "otp/1", address="Jane@example.org")
        tx.credentials.add(ann.id, "otp", template)
    with store.read() as tx:
        assert {each.id for each in tx.accounts.at("Jane@example.org")} == {jane.id, ann.id}
        assert [each.id for each in tx.accounts.at("JANE@example.org")] == [ann.id]
        assert [each.id for each in tx.accounts.at(ADDRESS)] == [ann.id]
        assert tx.accounts.at("nobody@example.org") == []
