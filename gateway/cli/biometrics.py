"""`gatehouse biometrics`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import asking

DAYS = click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True)


@click.group()
def biometrics() -> None:
    """How often captures can be used, and people be enrolled."""


@biometrics.command(epilog="Example: gatehouse biometrics quality --days 7")
@DAYS
@output.as_json
def quality(days: int, as_json: bool) -> None:
    """Show the rates of failures to acquire (fta) and to enrol (fte) of each factor."""
    with asking() as ask:
        output.rows(ask("biometrics.quality", days=days)["factors"], as_json)


@biometrics.command(epilog="Example: gatehouse biometrics refusals --json")
@DAYS
@output.as_json
def refusals(days: int, as_json: bool) -> None:
    """Show what was wrong with captures that could not be used."""
    with asking() as ask:
        output.rows(ask("biometrics.refusals", days=days)["reasons"], as_json)


@biometrics.command(epilog="Example: gatehouse biometrics attacks")
@output.as_json
def attacks(as_json: bool) -> None:
    """Show which attacks are not detected, and how many of each are let pass, worst first."""
    with asking() as ask:
        output.rows(ask("biometrics.attacks")["attacks"], as_json)
