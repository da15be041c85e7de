"""Options of commands that read a manifest of recordings."""

from __future__ import annotations

from pathlib import Path

import click

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


def names(value: str) -> tuple[str, ...]:
    """Take names apart that are joined by commas."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, value.split(",")))))


def pattern(value: str) -> tuple[str, str, bool]:
    """Return a column, what it must look like, and whether that is wanted. Raises BadParameter."""
    column, equal, wanted = value.partition("=")
    if not column or not equal:
        raise click.BadParameter(f"{value} is no COLUMN=PATTERN or COLUMN!=PATTERN")
    return column.removesuffix("!"), wanted, not column.endswith("!")
