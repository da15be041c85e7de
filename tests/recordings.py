"""Recordings of real people; they are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("GATEHOUSE_RECORDINGS") or Path(__file__).parents[2] / "shared/data")


def recording(speaker: str, number: int) -> Path:
    """Return the n-th recording of a speaker, or skip the test with the reason."""
    found = sorted((FOLDER / "voice" / speaker).glob("*.flac"))
    if not found:
        pytest.skip(f"no recordings of real people in {FOLDER} (GATEHOUSE_RECORDINGS)")
    return found[number]
