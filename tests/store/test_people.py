"""Accounts and their credentials."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.errors import BadRequest, Conflict
from contracts.factor import Template
from store import Account, Store
from store.grants import Grant
from store.refresh_tokens import Holder
from tests.fakes.clock import FakeClock

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("spelled", ["JANE", " jane ", "\uff2a\uff41\uff4e\uff45", "jane"])
def test_a_name_is_found_however_it_is_spelled(store: Store, jane: Account, spelled: str) -> None:
    with store.read() as tx:
        assert tx.accounts.find(spelled) == jane
    with pytest.raises(Conflict), store.write() as tx:
        tx.accounts.add(spelled)


def test_sharp_s_and_ligatures_fold(store: Store) -> None:
    with store.write() as tx:
        made = tx.accounts.add("Straße", "s@example.org")
        assert (made.username, made.email) == ("strasse", "s@example.org")
        assert tx.accounts.find("STRASSE") == made
        assert tx.accounts.add("ﬁona").username == "fiona"


@pytest.mark.parametrize("name", ["", "  ", "a" * 256, "ja\0ne", "ja\nne", "\u200bjane", "\ud800"])
def test_an_unfit_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadRequest), store.write() as tx:
        tx.accounts.add(name)


def test_nobody(store: Store) -> None:
    with store.read() as tx:
        assert tx.accounts.find("nobody") is None
        assert tx.accounts.find("no\0body\ud800") is None
        assert tx.accounts.get("0" * 32) is None
        assert tx.credentials.enrolled("0" * 32, "voice") == []
        assert tx.credentials.owner("webauthn", "id") is None
    with store.write() as tx:
        assert not tx.accounts.set_disabled("0" * 32, True)


def test_disabling_ends_everything(
    store: Store, jane: Account, grant: Grant, clock: FakeClock
) -> None:
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), MINUTE)
        ticket = tx.tickets.issue(jane.id, MINUTE)
        enrolment = tx.enrolments.open(jane.id, None, MINUTE)
        token = tx.refresh_tokens.put(grant.id, MINUTE)
        assert tx.accounts.set_disabled(jane.id, True)
    with store.write() as tx:
        assert tx.sessions.find(cookie, MINUTE) is None
        assert tx.tickets.redeem(ticket) is None
        assert tx.enrolments.find(enrolment) is None
        assert tx.refresh_tokens.rotate(token, Holder("chatbot"), MINUTE) is None
        found = tx.grants.get(grant.id)
        assert found is not None
        assert not found.live(clock.now())


def test_enabling_brings_back_the_account_alone(store: Store, jane: Account) -> None:
    with store.write() as tx:
        cookie, _ = tx.sessions.open(jane.id, (), MINUTE)
        tx.accounts.set_disabled(jane.id, True)
        tx.accounts.set_disabled(jane.id, False)
        found = tx.accounts.get(jane.id)
        assert found is not None
        assert found.active
        assert tx.sessions.find(cookie, MINUTE) is None


def test_a_credential_comes_back_as_it_went(store: Store, jane: Account, clock: FakeClock) -> None:
    template = Template(b"\0seed", "totp/1", label="My phone" * 30, unique="device")
    with store.write() as tx:
        credential = tx.credentials.add(jane.id, "totp", template, virtual=True)
    with store.read() as tx:
        (enrolled,) = tx.credentials.enrolled(jane.id, "totp")
        (shown,) = tx.credentials.list(jane.id)
        assert tx.credentials.owner("totp", "device") == jane.id
        assert tx.credentials.owner("webauthn", "device") is None
    assert (enrolled.credential_id, enrolled.template) == (credential, b"\0seed")
    assert (enrolled.format, enrolled.version) == ("totp/1", 1)
    assert (shown.id, shown.factor, shown.created_at) == (credential, "totp", clock.now())
    assert shown.label == ("My phone" * 30)[:128]
    assert shown.virtual
    assert shown.last_used_at is None


def test_a_credential_ends_when_its_time_is_over(
    store: Store, jane: Account, clock: FakeClock
) -> None:
    until = clock.now() + MINUTE
    with store.write() as tx:
        tx.credentials.add(
            jane.id, "device", Template(b"", "device/1", unique="id", expires_at=until)
        )
        (shown,) = tx.credentials.list(jane.id)
        assert shown.expires_at == until
        assert tx.credentials.expire(clock.now()) == 0
    clock.advance(MINUTE)
    with store.write() as tx:
        assert tx.credentials.list(jane.id) == []
        assert tx.credentials.enrolled(jane.id, "device") == []
        assert tx.credentials.owner("device", "id") is None
        assert tx.credentials.exists("device", "id")
        assert tx.credentials.expire(clock.now()) == 1
        assert not tx.credentials.exists("device", "id")


def test_a_public_identifier_exists_once_per_factor(store: Store, jane: Account) -> None:
    with store.write() as tx:
        tx.credentials.add(jane.id, "webauthn", Template(b"", "webauthn/1", unique="id"))
        tx.credentials.add(jane.id, "totp", Template(b"", "totp/1", unique="id"))
        tx.credentials.add(jane.id, "webauthn", Template(b"", "webauthn/1"))
        tx.credentials.add(jane.id, "webauthn", Template(b"", "webauthn/1"))
    with pytest.raises(Conflict), store.write() as tx:
        tx.credentials.add(jane.id, "webauthn", Template(b"", "webauthn/1", unique="id"))


def test_failures_in_a_row_disable(store: Store, jane: Account, clock: FakeClock) -> None:
    with store.write() as tx:
        credential = tx.credentials.add(jane.id, "voice", Template(b"", "voice/1", unique="id"))
        assert not tx.credentials.failed(credential, 2)
        tx.credentials.used(credential)
        assert not tx.credentials.failed(credential, 2)
        assert tx.credentials.failed(credential, 2)
        (shown,) = tx.credentials.list(jane.id)
        assert (shown.failures, shown.last_used_at) == (2, clock.now())
        assert shown.disabled_at == clock.now()
        assert tx.credentials.enrolled(jane.id, "voice") == []
        assert tx.credentials.owner("voice", "id") is None
        assert not tx.credentials.failed("0" * 32, 2)


def test_a_disabled_credential_takes_no_new_template(store: Store, jane: Account) -> None:
    with store.write() as tx:
        tx.credentials.add(jane.id, "totp", Template(b"", "totp/1"))
        (read,) = tx.credentials.enrolled(jane.id, "totp")
        tx.credentials.failed(read.credential_id, 1)
        assert not tx.credentials.replace_template(read, jane.id, "totp", b"new")


def test_another_account_or_factor_takes_no_new_template(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        tx.credentials.add(jane.id, "totp", Template(b"", "totp/1"))
        (read,) = tx.credentials.enrolled(jane.id, "totp")
        assert not tx.credentials.replace_template(read, joe.id, "totp", b"new")
        assert not tx.credentials.replace_template(read, jane.id, "otp", b"new")
        assert tx.credentials.replace_template(read, jane.id, "totp", b"new")


def test_only_the_owner_removes(store: Store, jane: Account) -> None:
    with store.write() as tx:
        joe = tx.accounts.add("joe")
        first = tx.credentials.add(jane.id, "voice", Template(b"", "voice/1"))
        tx.credentials.add(jane.id, "voice", Template(b"", "voice/1"))
        tx.credentials.add(jane.id, "totp", Template(b"", "totp/1"))
        assert not tx.credentials.remove(first, joe.id)
        assert tx.credentials.remove(first, jane.id)
        assert not tx.credentials.remove(first, jane.id)
        assert tx.credentials.remove_factor(jane.id, "voice") == 1
        assert [shown.factor for shown in tx.credentials.list(jane.id)] == ["totp"]
