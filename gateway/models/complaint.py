"""What a command that failed has to say, in one line."""

from __future__ import annotations

LONGEST = 300


def complaint(said: str) -> str:
    """Return the first error that a command printed, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = (line for line in lines if line.startswith("ERROR:"))
    return next(errors, lines[-1] if lines else "it said nothing")[:LONGEST]
