"""A progress bar on standard error, so that standard output stays for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from gateway.progress import Progress


@contextmanager
def bars() -> Iterator[Progress]:
    """Show one bar per label; yield what is called with a label, how much is done, and of what."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as shown:
        tasks: dict[str, TaskID] = {}

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = shown.add_task(label)
            shown.update(tasks[label], completed=done, total=total)

        yield report
