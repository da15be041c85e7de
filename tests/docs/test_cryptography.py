"""The inventory of cryptography holds every file that has any, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("contracts", "verifiers", "hardware", "store", "enrollment", "gateway", "web")
LIBRARIES = {"argon2", "bcrypt", "cryptography", "hashlib", "hmac", "joserfc", "pkcs11", "ssl"}


def imported(file: Path) -> Iterator[str]:
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_the_inventory_is_that_of_the_code() -> None:
    files = {file for room in ROOMS for file in (ROOT / room).rglob("*.py")}
    used = {str(file.relative_to(ROOT)) for file in files if LIBRARIES & set(imported(file))}
    page = (ROOT / "docs/cryptography.md").read_text()
    assert set(re.findall(r"`([a-z_0-9/]+\.py)`", page)) == used
