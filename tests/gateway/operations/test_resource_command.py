"""`gatehouse resource`, as scripts use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

MCP = "https://tools.example.org/mcp"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(main, ["resource", *arguments])


def printed(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_resource_is_added_listed_and_removed(run: Run) -> None:
    added = printed(run("add", MCP, "--name", "Tools", "--scope", "read write", "--open", "--json"))
    assert added == {
        "uri": MCP,
        "name": "Tools",
        "scope": "read write",
        "open": True,
        "authorization_details_types": [],
    }
    assert printed(run("list", "--json")) == [added]
    assert run("add", MCP).exit_code == 1
    assert run("remove", MCP).exit_code == 0
    assert run("remove", MCP).exit_code == 1
    assert printed(run("list", "--json")) == []


def test_a_resource_declares_types_of_authorization_details(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "types.json"
    file.write_text(json.dumps({"payment": {"title": "Pay", "members": {"actions": {}}}}))
    added = printed(run("add", MCP, "--details", str(file), "--json"))
    assert added["authorization_details_types"] == ["payment"]
    again = run("add", f"{MCP}/other", "--details", str(file))
    assert (again.exit_code, "type of this name" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"message": {"title": "t", "members": {}}}', '{"pay": {}}', '{"": 7}']
)
def test_a_declaration_is_checked(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "types.json"
    file.write_text(content)
    assert run("add", MCP, "--details", str(file)).exit_code == 1
    assert printed(run("list", "--json")) == []


@pytest.mark.parametrize(
    "uri", ["tools", "/mcp", "https:", f"{MCP}#part", f"{MCP}#", "https://tools example", "x" * 300]
)
def test_an_indicator_is_an_absolute_uri_without_a_fragment(run: Run, uri: str) -> None:
    assert run("add", uri).exit_code == 1
