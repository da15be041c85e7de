"""`gatehouse client add`: the resources and the types of details that a client may ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main

TOOLS = "https://tools.example.org/mcp"


def test_they_are_registered_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    named = ("--resource", TOOLS, "--resource", f"{TOOLS}/2", "--details-type", "message")
    done = CliRunner().invoke(main, ["client", "add", "chatbot", *named, "--json"])
    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    assert shown["resources"] == [TOOLS, f"{TOOLS}/2"]
    assert shown["authorization_details_types"] == ["message"]
