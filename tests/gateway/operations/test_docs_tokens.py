"""docs/what-tokens-are-for.md: its commands run and its files are taken as printed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types.declared import Declared, declarations

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "what-tokens-are-for.md").read_text()
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(PAGE)


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    scripts = [text.replace("\\\n", "") for kind, text in BLOCKS if kind == "sh"]
    for line in filter(None, "\n".join(scripts).splitlines()):
        program, *arguments = shlex.split(line)
        assert program == "gatehouse"
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_its_type_is_one_and_its_details_are_of_it() -> None:
    declared, asked = (text for kind, text in BLOCKS if kind == "json")
    payment = declarations(json.loads(declared))["payment"]
    for detail in rfc9396.parsed(asked):
        Declared("payment", payment).check(detail)
