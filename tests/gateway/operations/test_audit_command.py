"""`gatehouse audit`, as operators use it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from gateway.cli import main
from gateway.opening import open_store
from gateway.settings import load
from gateway.trail.sealing import Sealing

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def trail(run: Run, tmp_path: Path) -> Path:
    """A trail with a checkpoint in it; return its database."""
    for name in ("ann", "ben", "zoe"):
        assert run("user", "add", name).exit_code == 0
    settings, clock = load(), SystemClock()
    store = open_store(settings, clock)
    Sealing(store, settings, clock).run()
    store.close()
    return tmp_path / "data" / "gatehouse.db"


def test_a_whole_trail_ends_with_0(run: Run, trail: Path) -> None:
    done = run("audit", "verify", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["whole"], told["checkpoints"], told["anchors"], told["first"]) == (
        True,
        1,
        1,
        None,
    )


def test_an_altered_trail_ends_with_1_and_names_the_place(run: Run, trail: Path) -> None:
    with closing(sqlite3.connect(trail)) as connection, connection:
        connection.execute("UPDATE audit SET event = 'account.kept' WHERE id = 2")
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "The entry was altered." in done.stderr
    assert "number: 2\n" in done.stderr
    assert "event: account.kept" in done.stderr


def test_a_cut_trail_ends_with_1(run: Run, trail: Path) -> None:
    with closing(sqlite3.connect(trail)) as connection, connection:
        connection.execute("DELETE FROM audit")
        connection.execute("DELETE FROM checkpoints")
    assert "cut off" in run("audit", "verify").stderr


def test_a_key_and_anchors_that_were_kept_elsewhere(run: Run, trail: Path, tmp_path: Path) -> None:
    kept, key = tmp_path / "kept.jsonl", tmp_path / "key.json"
    (trail.parent / "audit-anchors.jsonl").rename(kept)
    key.write_text(run("audit", "key").stdout)
    assert json.loads(key.read_text()).keys() == {"kty", "crv", "x", "kid", "alg", "use"}
    done = run("audit", "verify", "--anchors", str(kept), "--key", str(key), "--json")
    assert json.loads(done.stdout)["anchors"] == 1
    other = json.loads(key.read_text()) | {"x": "A" * 43}
    key.write_text(json.dumps(other))
    done = run("audit", "verify", "--key", str(key))
    assert done.exit_code == 1
    assert "not signed by this house" in done.stderr
    key.write_text("[]")
    done = run("audit", "verify", "--key", str(key))
    assert "does not hold a public Ed25519 key" in done.stderr


def test_entries_are_searched(run: Run, trail: Path) -> None:
    found = json.loads(run("audit", "search", "--user", "ben", "--json").stdout)
    assert [(each["event"], each["username"]) for each in found] == [("account.added", "ben")]
    assert found[0]["actor"].startswith("system:")
    assert "account.a" in run("audit", "search", "--event", "account.", "--limit", "1").stdout
    assert json.loads(run("audit", "search", "--until", "2020-01-01", "--json").stdout) == []


def test_entries_are_exported_as_lines(run: Run, trail: Path) -> None:
    lines = [json.loads(line) for line in run("audit", "export").stdout.splitlines()]
    assert [each["event"] for each in lines[:3]] == ["account.added"] * 3
    assert [each["number"] for each in lines] == sorted(each["number"] for each in lines)
    assert run("audit", "export", "--until", "2020-01-01").stdout == ""
