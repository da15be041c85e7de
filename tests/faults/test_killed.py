"""Killed (`kill -9`) before each statement and each commit: nobody is ever half there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.factor import Answer, Subject
from gateway.erasure import erase_when_due
from gateway.opening import make_factors, make_store
from gateway.settings import Settings
from store import Store
from store.keys_file import load_or_create
from tests.fakes.clock import FakeClock
from tests.faults import people, works
from tests.faults.killing import alive, killed
from tests.gateway.conftest import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
FULL = ["otp", "password", "totp"]


@pytest.fixture
def environment(empty_urls: tuple[str, str], tmp_path: Path) -> dict[str, str]:
    """What names the databases to a process of its own."""
    load_or_create(tmp_path / "keys.json", create=True)
    database_url, keystore_url = empty_urls
    own = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    return own | {
        "GATEHOUSE_ENV": "test",
        "GATEHOUSE_LIMITS": "off",
        "GATEHOUSE_REGISTRATION": "open",
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_DATABASE_URL": database_url,
        "GATEHOUSE_KEYSTORE": keystore_url,
        "GATEHOUSE_VOICE_ENABLED": "0",
        "GATEHOUSE_PASSWORD_ARGON2_MEMORY_KIB": "64",
        "GATEHOUSE_PASSWORD_ARGON2_TIME_COST": "1",
    }


@pytest.fixture
def every(whole: bool) -> int:
    """Kill at each point, or at every fifth."""
    return 1 if whole else 5


@pytest.fixture
def store(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The same databases, seen from outside of the processes that die."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    opened = make_store(Settings(), FakeClock())
    opened.migrate()
    yield opened
    opened.close()


def test_while_a_factor_is_added(store: Store, environment: dict[str, str], every: int) -> None:
    seen = set()
    for name in killed("add_a_passkey", environment, every=every):
        people.check(store)
        seen.add(tuple(people.factors(store, name)))
    assert seen == {("password", "totp"), ("password", "totp", "webauthn")}


def test_while_a_password_is_changed(store: Store, environment: dict[str, str], every: int) -> None:
    """The old one or the new one opens the account, never both and never neither."""
    password, seen = make_factors(Settings(), store, FakeClock())["password"], set()
    for name in killed("change_the_password", environment, every=every):
        people.check(store)
        with store.read() as tx:
            account = tx.accounts.find(name)
            assert account
            held = tx.credentials.enrolled(account.id, "password")
        subject = Subject(account.id, name)
        opened = tuple(
            password.finish_verify(subject, held, b"", Answer({"password": typed})).accepted
            for typed in (PASSWORD, works.NEW)
        )
        seen.add(opened)
    assert seen == {(True, False), (False, True)}


def test_while_a_stranger_registers(store: Store, environment: dict[str, str], every: int) -> None:
    """The account is whole or not there, and whoever was interrupted can begin again."""
    seen, names = set(), []
    for name in killed("register", environment, every=every):
        people.check(store)
        seen.add(tuple(people.factors(store, name)))
        names.append(name)
    assert seen == {(), ("otp", "password")}
    first = names[0]
    alive("register", environment, first)
    assert people.factors(store, first) == ["otp", "password"]


def test_while_people_are_imported(store: Store, environment: dict[str, str], every: int) -> None:
    """Each person is whole or not there, and running it again brings the rest."""
    for name in killed("import_people", environment, every=every):
        people.check(store)
        everybody = [people.factors(store, f"{name}-{one}") for one in range(3)]
        assert all(each in ([], FULL) for each in everybody)
        last = name
    assert everybody == [FULL] * 3
    again = last.rpartition("-")[0] + "-1"
    alive("import_people", environment, again)
    assert [people.factors(store, f"{again}-{one}") for one in range(3)] == [FULL] * 3
    people.check(store)


def test_while_somebody_is_erased(store: Store, environment: dict[str, str], every: int) -> None:
    """Not begun, or beyond recall: the next run of the worker ends it, and the name is free."""
    begun = set()
    for name in killed("erase", environment, every=every):
        erase_when_due(store, FakeClock(), Settings())
        people.check(store)
        begun.add(people.factors(store, name) == [])
    assert begun == {True, False}
    assert people.factors(store, name) == []
    with store.write() as tx:
        assert tx.accounts.add(name).username == name


def test_while_unused_voices_are_deleted(
    store: Store, environment: dict[str, str], every: int
) -> None:
    """A batch is done whole or not at all, and the next run does what is left."""
    left = set()
    for name in killed("sweep", environment, every=every):
        people.check(store)
        held = [people.factors(store, f"{name}-{one}") for one in range(3)]
        assert held in ([["password", "voice"]] * 3, [["password"]] * 3)
        left.add(sum(map(len, held)))
        works.retention(store, Settings()).turn()
        assert [people.factors(store, f"{name}-{one}") for one in range(3)] == [["password"]] * 3
        people.check(store)
    assert left == {3, 6}
