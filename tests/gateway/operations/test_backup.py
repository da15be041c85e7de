"""Backups: made while it runs, put back whole, and nothing that was over counts again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from contracts.errors import Tampered
from contracts.factor import Template
from gateway.cli import main
from gateway.erasure import Eraser
from gateway.opening import make_factors, open_store
from gateway.restoring import settle
from gateway.settings import load
from store import Store
from tests.gateway.conftest import PASSWORD, SEED, House

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=stdin)

    return run


def opened() -> Store:
    return open_store(load(), SystemClock())


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def added(name: str) -> str:
    store = opened()
    with store.write() as tx:
        account = tx.accounts.add(name)
        tx.credentials.add(account.id, "totp", Template(b"step 1", "totp/1", label="app"))
    store.close()
    return account.id


def used(account_id: str, factor: str = "totp") -> None:
    store = opened()
    with store.write() as tx:
        [enrolled] = tx.credentials.enrolled(account_id, factor)
        assert tx.credentials.replace_template(enrolled, account_id, factor, b"step 2")
    store.close()


def test_a_backup_brings_people_back_with_the_apps_they_used_since(
    run: Run, tmp_path: Path
) -> None:
    account = added("alice")
    copy = tmp_path / "monday.db"
    assert run("backup", "make", str(copy)).exit_code == 0
    assert copy.stat().st_mode & 0o077 == 0
    used(account)
    later = added("bob")
    settled = printed(run("backup", "restore", str(copy), "--json"))
    assert settled["accepted"] == 1
    store = opened()
    with store.read() as tx:
        [enrolled] = tx.credentials.enrolled(account, "totp")
        assert enrolled.template == b"step 1"
        assert tx.accounts.get(later) is None
        assert tx.audit.list(1)[0].event == "store.restored"
    store.close()


def test_who_was_erased_and_what_was_removed_since_do_not_come_back(
    run: Run, tmp_path: Path
) -> None:
    gone, careful = added("gone"), added("careful")
    store = opened()
    with store.write() as tx:
        tx.biometric_consents.give(careful, "voice", 1, "browser")
    store.close()
    copy = tmp_path / "monday.db"
    assert run("backup", "make", str(copy)).exit_code == 0
    store = opened()
    Eraser(store, SystemClock(), load()).now(gone)
    with store.write() as tx:
        tx.credentials.remove_factor(careful, "totp")
        tx.biometric_consents.withdraw(careful, "voice")
    store.close()
    settled = printed(run("backup", "restore", str(copy), "--json"))
    assert (settled["erased"], settled["removed"]) == (1, 1)
    store = opened()
    with store.read() as tx:
        assert not any(each.stands for each in tx.biometric_consents.list(careful))
        assert tx.accounts.get(gone) is None
        assert tx.credentials.list(careful) == []
    store.close()


def test_nothing_that_was_spent_or_ended_is_good_again(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        ticket = tx.tickets.issue(account, timedelta(days=1))
        cookie, _ = tx.sessions.open(account, (), timedelta(hours=1))
    settled = settle(house.store, Eraser(house.store, house.clock, house.settings), house.factors)
    assert settled.ended == 2
    with house.store.write() as tx:
        assert tx.tickets.redeem(ticket) is None
        assert tx.sessions.find(cookie, timedelta(hours=1)) is None


def test_what_somebody_may_have_replaced_or_spent_stays_shut(house: House) -> None:
    account = house.enrolled("alice", password=PASSWORD, totp=SEED)
    with house.store.write() as tx:
        before = {name: tx.credentials.enrolled(account, name)[0] for name in ("password", "totp")}
        for name, enrolled in before.items():
            assert tx.credentials.replace_template(enrolled, account, name, enrolled.template)
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE credentials SET version = 1")
    settled = settle(house.store, Eraser(house.store, house.clock, house.settings), house.factors)
    assert (settled.accepted, settled.shut) == (1, 1)
    with house.store.read() as tx, pytest.raises(Tampered, match="rolled back"):
        tx.credentials.enrolled(account, "password")


def test_a_copy_is_made_while_others_write(run: Run, tmp_path: Path) -> None:
    added("alice")
    store, copy = opened(), tmp_path / "copy.db"
    with store.write() as tx:
        tx.accounts.add("bob")
        assert run("backup", "make", str(copy)).exit_code == 0
    store.close()
    with sqlite3.connect(copy) as connection:
        names = {name for (name,) in connection.execute("SELECT username FROM accounts")}
    connection.close()
    assert names == {"alice"}


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(4000)])
def test_what_is_no_copy_is_refused_and_changes_nothing(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    added("alice")
    copy = tmp_path / "copy.db"
    copy.write_bytes(content)
    refused = run("backup", "restore", str(copy))
    assert refused.exit_code == 1
    assert "no whole copy" in refused.stderr
    assert "alice" in run("user", "list").stdout


@pytest.mark.parametrize("options", [(), ("--keystore",)])
def test_a_copy_that_the_key_file_does_not_open_is_refused_and_changes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    added("alice")
    copy = tmp_path / "copy.db"
    assert run("backup", "make", str(copy), *options).exit_code == 0
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "another"))
    added("bob")
    refused = run("backup", "restore", str(copy), *options)
    assert refused.exit_code == 1
    assert "key file does not belong" in refused.stderr
    assert "bob" in run("user", "list").stdout


def test_the_keystore_is_not_taken_for_the_database(run: Run, tmp_path: Path) -> None:
    added("alice")
    copy = tmp_path / "keystore.db"
    assert run("backup", "make", str(copy), "--keystore").exit_code == 0
    assert run("backup", "restore", str(copy)).exit_code == 1
    assert run("backup", "restore", str(copy), "--keystore").exit_code == 0


def test_no_file_is_written_over_and_other_databases_have_their_own_tools(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added("alice")
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    assert run("backup", "make", str(copy)).exit_code == 1
    assert copy.read_text() == "mine"
    monkeypatch.setenv("GATEHOUSE_DATABASE_URL", "postgresql://localhost/gatehouse")
    told = run("backup", "make", str(tmp_path / "other.db"))
    assert "pg_dump" in told.stderr


def test_factors_whose_uses_only_count_are_the_restorable_ones(house: House) -> None:
    factors = make_factors(house.settings, house.store, house.clock)
    restorable = {name for name, factor in factors.items() if hasattr(factor, "restorable")}
    assert restorable == {"totp", "webauthn"}
