"""What the start says while there is no admin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.clock import SystemClock
from contracts.factor import Answer, Template
from gateway.admin.roles import Role
from gateway.admin.setup import Link
from gateway.cli.serve import _announce
from gateway.opening import make_factors, open_store
from gateway.serve import checked
from gateway.settings import Settings
from store import Store
from tests import ports
from tests.fakes.authenticator import Authenticator

Start = Callable[[], Link | None]
ORIGIN = "http://localhost:8080"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GATEHOUSE_VOICE_ENABLED", "0")
    return Settings(env="test", data=tmp_path, port=ports.free())


@pytest.fixture
def start(settings: Settings) -> Start:
    """Check what `serve` checks, and return what it would announce."""

    def start() -> Link | None:
        said: list[Link | None] = []
        checked(settings, said.append)
        [link] = said
        return link

    return start


def test_each_start_has_a_link_of_its_own_while_there_is_no_admin(start: Start) -> None:
    first, second = start(), start()
    assert first
    assert second
    assert first.link.startswith(f"{ORIGIN}/admin/setup#")
    assert first.link != second.link


def test_nothing_is_made_where_nobody_is_to_be_told(settings: Settings, start: Start) -> None:
    told = start()
    assert told
    checked(settings)
    store = open_store(settings, SystemClock())
    with store.write() as tx:
        assert tx.setups.spend(told.link.partition("#")[2]), "the link of before is still good"
    store.close()


def with_passkey(store: Store, settings: Settings, name: str, role: Role) -> None:
    factor = make_factors(settings, store, SystemClock())["webauthn"]
    with store.write() as tx:
        account = tx.accounts.add(name)
        tx.operators.grant(account.id, role, "system:0")
    asked = factor.begin_enroll(account.subject, [])
    answer = Authenticator(ORIGIN).create(asked.asks[0].options)
    given = Answer({asked.asks[0].name: answer})
    made = factor.continue_enroll(account.subject, asked.secret, given)
    assert isinstance(made, Template)
    with store.write() as tx:
        tx.credentials.add(account.id, "webauthn", made)


def test_an_admin_with_a_passkey_ends_it_and_nobody_else(settings: Settings, start: Start) -> None:
    assert start()
    store = open_store(settings, SystemClock())
    with store.write() as tx:
        bare = tx.accounts.add("bare")
        tx.operators.grant(bare.id, Role.ADMIN, "system:0")
    with_passkey(store, settings, "op", Role.OPERATOR)
    assert start(), "an admin without a passkey cannot come in, an operator is no admin"
    with_passkey(store, settings, "ada", Role.ADMIN)
    assert start() is None
    with store.write() as tx:
        ada = tx.accounts.find("ada")
        assert ada
        tx.accounts.set_disabled(ada.id, True)
    assert start()
    store.close()


def test_it_is_printed_where_there_is_one(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    link = start()
    assert link
    _announce(link)
    assert capsys.readouterr().out.splitlines()[1] == link.link
    _announce(None)
    assert capsys.readouterr().out == ""
