"""What commands print: a table for people, JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

as_json: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def rows(found: Sequence[Row], as_json: bool) -> None:
    """Print a list."""
    if as_json:
        click.echo(json.dumps(found, default=_plain, indent=1))
    elif found:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in found[0]:
            table.add_column(name, overflow="fold")
        for row in found:
            table.add_row(*(Text(shown(value)) for value in row.values()))
        Console().print(table)
    else:
        click.echo("None.")


def blocks(found: Sequence[Row], as_json: bool) -> None:
    """Print a list of things that have more to say of them than a line of a table holds."""
    if as_json:
        rows(found, as_json)
        return
    for number, each in enumerate(found):
        click.echo("\n" * bool(number), nl=False)
        row(each, as_json)


def row(made: Row, as_json: bool) -> None:
    """Print one thing, a line for each of its values."""
    if as_json:
        click.echo(json.dumps(made, default=_plain, indent=1))
        return
    width = max(map(len, made))
    for name, value in made.items():
        click.echo(f"{name:<{width}}  {shown(value)}")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def shown(value: object) -> str:
    """Write a value down; strangers choose some, and none of them steers a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in _written(value))


def _written(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)
