"""Parts of the system that some tests need."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def program(name: str) -> str:
    """Return the path of a program, or do without the test."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return shutil.which(name, path=path) or missing(f"no {name} on this machine")


def missing(what: str) -> NoReturn:
    """Leave the test out; where everything has to be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: it must be there in CI")
    pytest.skip(what)
