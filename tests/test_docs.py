"""The documentation speaks of things that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PATH = re.compile(r"`((?:[a-z0-9_-]+/)+[a-zA-Z0-9_.-]*|\.importlinter)`")
SHOWN_BY = re.compile(r"`(tests/[a-z0-9_/]+\.(?:py|json|js))(?:::(\w+))?")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
RULES = re.findall(r"^(\d+)\. ", ARCHITECTURE, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(PATH.findall(ARCHITECTURE))))
def test_every_path_of_the_architecture_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize(
    ("path", "name"), sorted(set(SHOWN_BY.findall((ROOT / "docs" / "standards.md").read_text())))
)
def test_every_standard_is_shown_by_a_test_that_exists(path: str, name: str) -> None:
    assert name in (ROOT / path).read_text()


CHECKLIST = (ROOT / "docs" / "security-checklist.md").read_text()
ROWS = {"B": 22, "C": 14, "A": 20, "W": 11, "S": 10, "T": 11, "O": 28, "M": 4, "X": 8, "L": 4}
ROWS |= {"P": 5, "E": 3}
"""How many rows each part of the checklist has."""


@pytest.mark.parametrize(("path", "name"), sorted(set(SHOWN_BY.findall(CHECKLIST))))
def test_every_row_of_the_checklist_is_shown_by_a_test_that_exists(path: str, name: str) -> None:
    assert (f"def {name}(" if name else "def test_") in (ROOT / path).read_text()


def test_every_row_of_the_checklist_is_answered_once() -> None:
    rows = re.findall(r"^\| ([A-Z]\d\d) \| (.+) \| (.*) ?\|$", CHECKLIST, re.MULTILINE)
    wanted = [f"{part}{one:02}" for part, last in ROWS.items() for one in range(1, last + 1)]
    assert [name for name, _, _ in rows] == wanted
    silent = [name for name, says, tests in rows if not tests.strip() and "Not" not in says]
    assert silent == [], "a row without a test says what is missing"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_held_by_a_test(rule: str) -> None:
    tests = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert any(f"pytest.mark.rule({rule})" in text for text in tests)


@pytest.mark.rule(6)
def test_the_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
