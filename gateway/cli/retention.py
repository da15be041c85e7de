"""`gatehouse retention`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import asking


@click.group()
def retention() -> None:
    """What is kept too long, and having it deleted."""


@retention.command(epilog="Example: gatehouse retention run --dry-run")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@output.as_json
def run(dry_run: bool, as_json: bool) -> None:
    """Have the worker delete, now, what it deletes once a day: what is kept too long.

    How long that is, GATEHOUSE_TEMPLATE_IDLE_DAYS and GATEHOUSE_ACCOUNT_IDLE_DAYS say, or the
    policy; for the trail GATEHOUSE_HISTORY_DAYS alone.
    """
    with asking() as ask:
        if dry_run:
            output.rows(ask("retention.preview")["kinds"], as_json)
            return
        queued = ask("retention.run")["queued"]
    if as_json:
        output.row({"queued": queued}, as_json)
    else:
        click.echo("A worker does it now (gatehouse serve)." if queued else "It is under way.")
