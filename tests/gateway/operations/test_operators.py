"""What whoever runs the commands can do to people: keep them out, never be them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store.models import metadata
from tests.gateway.operations.test_cli import PASSWORD, Run, leaves, opened, run

__all__ = ["run"]
NEW = PASSWORD[::-1]
NOT_FOR_TESTS = {("serve",), ("demo",), ("kiosk",), ("evaluate",)}
"""Commands that go on, or take minutes."""


def rows(*tables: str) -> dict[str, list[Any]]:
    """All that these tables hold."""
    store = opened()
    with store.database.read() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(metadata.tables[name]))))
            for name in tables
        }
    store.close()
    return found


def test_at_first_nobody_is_known(run: Run) -> None:
    """No account, no client, no secret ships; whoever may run commands begins."""
    run("migrate")
    assert set(map(len, rows("accounts", "credentials", "clients", "stations").values())) == {0}


def test_no_command_takes_over_an_account(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command, with a name and a secret in its way: what the person holds stays as it is."""
    monkeypatch.chdir(tmp_path)  # some write a file of the name they are given
    assert run("user", "add", "alice", "--password-stdin", stdin=PASSWORD).exit_code == 0
    before = rows("credentials")
    file = tmp_path / "people.jsonl"
    file.write_text(json.dumps({"username": "alice", "password": NEW}))
    for command in leaves():
        if command in NOT_FOR_TESTS or command[-1] in {"pull", "erase"}:
            continue
        for words in (["alice"], ["alice", "--password-stdin"], [str(file)]):
            run(*command, *words, stdin=NEW)
    assert rows("credentials") == before


@pytest.mark.parametrize("words", [("user", "list"), ("user", "export", "alice")])
def test_no_command_shows_a_secret(run: Run, words: tuple[str, ...]) -> None:
    run("user", "add", "alice", "--email", "a@example.org", "--password-stdin", stdin=PASSWORD)
    [held] = [row for row in rows("credentials")["credentials"] if "password" in row]
    shown = run(*words, "--json").output
    assert "argon2" not in shown
    assert PASSWORD not in shown
    assert "template" not in shown
    assert held
