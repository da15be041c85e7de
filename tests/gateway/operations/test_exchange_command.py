"""`gatehouse client exchange`, as scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

TOOLS = "https://tools.example.org"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))

    def called(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["client", *arguments])

    called("add", "tools")
    called("add", "chatbot")
    called("add", "page", "--public")
    return called


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_pair_is_allowed_changed_and_forbidden(run: Run) -> None:
    exchange = ("exchange", "tools", "--of", "chatbot", "--json")
    first = printed(run(*exchange, "--audience", TOOLS, "--scope", "read"))
    assert first == [
        {"actor": "tools", "client_id": "chatbot", "audience": [TOOLS], "scope": "read"}
    ]
    second = printed(run(*exchange, "--audience", TOOLS, "--audience", f"{TOOLS}/other"))
    assert [found["audience"] for found in second] == [[TOOLS, f"{TOOLS}/other"]]
    assert printed(run(*exchange, "--forbid")) == []


@pytest.mark.parametrize(
    ("actor", "other", "audience"),
    [
        ("page", "chatbot", TOOLS),
        ("nobody", "chatbot", TOOLS),
        ("tools", "nobody", TOOLS),
        ("tools", "chatbot", ""),
    ],
)
def test_what_is_refused(run: Run, actor: str, other: str, audience: str) -> None:
    named = ("--audience", audience) if audience else ()
    assert run("exchange", actor, "--of", other, *named).exit_code in {1, 2}
