"""`gatehouse templates`."""

from __future__ import annotations

from dataclasses import asdict

import click

from contracts.errors import Unavailable
from contracts.text import Text
from gateway.biometric_templates import Done, Templates, Work
from gateway.cli import output
from gateway.cli.house import opened
from gateway.cli.progress import bars
from gateway.opening import known_factors

STOPPED = Text("Stopped. Go on with: --after %(last)s")
AFTER = click.option("--after", default="", metavar="ID", help="Go on after this credential.")


@click.group()
def templates() -> None:
    """What is kept of people's voices, changed without them."""


@templates.command(epilog="Example: gatehouse templates reissue")
@AFTER
@output.as_json
def reissue(after: str, as_json: bool) -> None:
    """Protect every template anew, while the gateway runs; nobody has to enrol again.

    Whoever stops it is told how to go on.
    """
    output.row(asdict(change(Work.REISSUE, after)), as_json)


@templates.command(epilog="Example: gatehouse templates revert")
@AFTER
@output.as_json
def revert(after: str, as_json: bool) -> None:
    """Forget what templates have learnt since they were enrolled."""
    output.row(asdict(change(Work.REVERT, after)), as_json)


def change(work: Work, after: str) -> Done:
    """Change all of them. Raises Unavailable where it is stopped, and says how to go on."""
    done = Done(last=after)
    with opened() as house, bars() as report:
        changing = Templates(house.store, known_factors(house.settings, house.store, house.clock))
        try:
            for now in changing.change_all(work, report, after):
                done = now
        except KeyboardInterrupt:
            raise Unavailable(Text(STOPPED.message, {"last": done.last})) from None
    return done
