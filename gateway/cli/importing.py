"""What `gatehouse user import` shows: how far it is, and which lines were skipped."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from io import TextIOWrapper, UnsupportedOperation
from pathlib import Path
from typing import TextIO

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli.progress import bars
from gateway.people.importing import Outcome, Skipped

SHOWN = 5
"""Skipped lines that are shown where there is no report."""


@dataclass
class Tally:
    """How many lines were imported and skipped so far."""

    imported: int = 0
    skipped: int = 0


def follow(outcomes: Iterable[Outcome], file: TextIOWrapper, report: Path | None) -> Tally:
    """Go through an import, say how far it is, and write down what was skipped."""
    tally = Tally()
    with ExitStack() as stack:
        tell = stack.enter_context(_written(report) if report else _shown(tally))
        advance = stack.enter_context(_bar(file))
        for outcome in outcomes:
            for skipped in outcome.skipped:
                tell(skipped)
                tally.skipped += 1
            tally.imported += outcome.imported
            advance()
    return tally


@contextmanager
def _written(report: Path) -> Iterator[Callable[[Skipped], None]]:
    """Write each as a JSON line, as it comes; names of people are for the operator alone."""
    with _private(report) as file:

        def tell(skipped: Skipped) -> None:
            file.write(json.dumps(asdict(skipped)) + "\n")
            file.flush()

        yield tell


@contextmanager
def _shown(tally: Tally) -> Iterator[Callable[[Skipped], None]]:
    """Show the first few."""

    def tell(skipped: Skipped) -> None:
        if tally.skipped < SHOWN:
            click.echo(f"Line {skipped.line}: {skipped.reason}.", err=True)
        elif tally.skipped == SHOWN:
            click.echo("More lines were skipped: --report FILE lists them all.", err=True)

    yield tell


def _private(report: Path) -> TextIO:
    try:
        descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        message = "The report %(path)s cannot be written: %(why)s."
        values = {"path": str(report), "why": error.strerror or str(error)}
        raise BadRequest(Text(message, values)) from error
    return os.fdopen(descriptor, "w", encoding="utf-8")


@contextmanager
def _bar(file: TextIOWrapper) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal, where it is known how much there is to read."""
    size = _size(file)
    if not size or not sys.stderr.isatty():
        yield lambda: None
        return
    with bars() as report:
        yield lambda: report("Importing", os.lseek(file.fileno(), 0, os.SEEK_CUR), size)


def _size(file: TextIOWrapper) -> int:
    try:
        status = os.fstat(file.fileno())
    except UnsupportedOperation:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0
