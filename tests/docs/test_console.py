"""Every command of the documentation is run: those of a page in order, in a house of its own.

In a block that is marked `console`, a line that begins with `$ ` is run; the lines below it, where
there are any, are how lines of its output begin, in that order. What a page needs beforehand stands
in a comment, `<!-- $ gatehouse user add alice -->`, and is run too where it stands.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```|^<!-- (\$ .*?)-->", re.MULTILINE | re.DOTALL)


@dataclass
class Command:
    """What is run, and how lines of its output begin."""

    line: str
    told: list[str]


def commands(page: Path) -> list[Command]:
    found: list[Command] = []
    for block in BLOCK.finditer(page.read_text()):
        for line in (block[1] or block[2]).strip().splitlines():
            if line.startswith("$ "):
                found.append(Command(line[2:].strip(), []))
            elif line.strip():
                found[-1].told.append(line.strip())
    return found


def words(line: str) -> Iterator[str]:
    """Split a line as a shell would, with the variables of this process."""
    for word in shlex.split(line, comments=True):
        yield os.path.expandvars(word)


def run(line: str) -> str:
    """Run one command; what it reads may be piped in by an `echo`, and written to a file."""
    parts = list(words(line))
    stdin = ""
    if parts[0] == "echo":
        pipe = parts.index("|")
        stdin, parts = " ".join(parts[1:pipe]) + "\n", parts[pipe + 1 :]
    file = Path(parts.pop()) if parts[-2] == ">" else None
    parts = [part for part in parts if part != ">"]
    assert parts[0] == "gatehouse", f"nobody knows how to run: {line}"
    result = CliRunner().invoke(main, parts[1:], input=stdin)
    assert result.exit_code == 0, f"{line}\n{result.output}{result.exception!r}"
    if file:
        file.write_text(result.stdout)
    return result.output


def follows(told: list[str], output: str) -> bool:
    """Tell whether lines begin so, in this order."""
    lines = iter(line.strip() for line in output.splitlines())
    return all(any(line.startswith(wanted) for line in lines) for wanted in told)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment that was just set up, and a folder to write to."""
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GATEHOUSE_ISSUER", "https://login.example.org")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_MEMORY_KIB", "64")
    monkeypatch.setenv("GATEHOUSE_PASSWORD_ARGON2_TIME_COST", "1")
    monkeypatch.chdir(tmp_path)
    run("gatehouse migrate")


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_command_of_a_page_does_what_it_says(page: Path) -> None:
    for command in commands(page):
        output = run(command.line)
        assert follows(command.told, output), f"{command.line}\n{output}"
