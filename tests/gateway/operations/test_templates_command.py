"""`gatehouse templates`, as scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.clock import SystemClock
from contracts.factor import Template
from gateway.cli import main
from gateway.opening import open_store
from gateway.settings import load
from verifiers.voice.engines import DEFAULT, described
from verifiers.voice.template import Voiceprint
from verifiers.voice.vectors import pack

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def vera(run: Run) -> str:
    """Somebody whose voiceprint has learnt something; the id of her credential."""
    assert run("user", "add", "vera").exit_code == 0
    engine, store = described(DEFAULT), open_store(load(), SystemClock())
    mean = pack([1.0, *[0.5] * (engine.dimension - 1)])
    with store.write() as tx:
        account = tx.accounts.find("vera")
        assert account
        kept = Voiceprint(b"", mean, "wide", 3, adapted=mean).protected(
            tx.credentials.seed(account.id, "voice")
        )
        added = tx.credentials.add(account.id, "voice", Template(kept.dump(), engine.format))
    store.close()
    return added


def kept() -> Voiceprint:
    store = open_store(load(), SystemClock())
    with store.read() as tx:
        account = tx.accounts.find("vera")
        assert account
        [enrolled] = tx.credentials.enrolled(account.id, "voice")
    store.close()
    return Voiceprint.load(enrolled.template)


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_all_are_protected_anew(run: Run, vera: str) -> None:
    before = kept()
    done = printed(run("templates", "reissue", "--json"))
    assert done == {"changed": 1, "resting": 0, "unreadable": 0, "last": vera}
    assert kept().salt != before.salt
    assert printed(run("templates", "reissue", "--after", vera, "--json"))["changed"] == 0


def test_all_forget_what_they_learnt(run: Run, vera: str) -> None:
    assert kept().adapted
    assert printed(run("templates", "revert", "--json"))["changed"] == 1
    assert kept().adapted is None
    assert printed(run("templates", "revert", "--json"))["resting"] == 1
