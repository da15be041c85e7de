"""Options of commands that read a manifest of recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from contracts.errors import Misconfigured

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
Decorated = Callable[..., Any]


def listed(command: Decorated) -> Decorated:
    """Take a MANIFEST, and the folder that its paths start from."""
    root = click.option(
        "--root",
        type=FOLDER,
        callback=_root,
        help="Where the manifest's paths start; default: its folder.",
    )
    return click.argument("manifest", type=EXISTING)(root(command))


def _root(context: click.Context, _: click.Parameter, value: Path | None) -> Path:
    return value or context.params["manifest"].parent


results = click.option(
    "--out", type=FOLDER, default=Path("evaluation"), help="Folder of the results."
)


def written(name: str) -> Callable[[Decorated], Decorated]:
    """Take where to write one file."""
    return click.option("--out", type=FILE, default=Path(name), help="The file to write.")


@contextmanager
def needs_evaluate() -> Iterator[None]:
    """Raise Misconfigured, with what to install, where an import fails: numpy comes late."""
    try:
        yield
    except ImportError as error:
        needs = "evaluation needs more parts: pip install 'gatehouse[evaluate]'"
        raise Misconfigured(detail=needs) from error


def names(value: str) -> tuple[str, ...]:
    """Take names apart that are joined by commas."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, value.split(",")))))


def pattern(value: str) -> tuple[str, str, bool]:
    """Return a column, what it must look like, and whether that is wanted. Raises BadParameter."""
    column, equal, wanted = value.partition("=")
    if not column or not equal:
        raise click.BadParameter(f"{value} is no COLUMN=PATTERN or COLUMN!=PATTERN")
    return column.removesuffix("!"), wanted, not column.endswith("!")


where = click.option(
    "--where",
    multiple=True,
    type=pattern,
    help="Only rows with COLUMN=PATTERN, or !=; * stands for anything.",
)
engine = click.option("--engine", default="", help="The engine; default: the one in use.")
