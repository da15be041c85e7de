"""`gatehouse recovery`."""

from __future__ import annotations

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.house import House, opened
from gateway.recovery.opened import open_recoveries
from gateway.recovery.operating import Operating, operator
from store.recoveries import Recovery


@click.group()
def recovery() -> None:
    """Recoveries of accounts whose owner has lost a way to log in.

    Each is told to every address of the account, which can stop it. You are named in the audit
    trail as the system's user that you are.
    """


@recovery.command(epilog="Example: gatehouse recovery start alice --reason 'met at the desk'")
@click.argument("user")
@click.option("--reason", default="", help="Why you are sure that it is they; kept in the trail.")
@output.as_json
def start(user: str, reason: str, as_json: bool) -> None:
    """Begin to recover USER's account in the place of two proofs of theirs.

    Hand them the claim code; after the wait they add one way to log in with it. Nobody else can,
    and nobody chooses it for them.
    """
    with opened() as house:
        ordered = _operating(house).start(user, operator(), reason)
    row = {"claim": ordered.claim, "ready_at": ordered.ready_at, "addresses_told": ordered.told}
    if ordered.ready_at is None:
        row = {"claim": ordered.claim, "next": f"gatehouse recovery approve {user}"}
    output.row(row, as_json)


@recovery.command(epilog="Example: gatehouse recovery approve alice")
@click.argument("user")
def approve(user: str) -> None:
    """Let the recovery of USER begin that another operator asked for."""
    with opened() as house:
        told = _operating(house).approve(user, operator())
    click.echo(f"The wait has begun; {told} addresses are told.")


@recovery.command(epilog="Example: gatehouse recovery stop alice")
@click.argument("user")
def stop(user: str) -> None:
    """Stop the recovery of USER's account."""
    with opened() as house:
        if not _operating(house).stop(user, operator()):
            raise BadRequest(Text("There is no recovery of %(name)s to stop.", {"name": user}))
    click.echo(f"Stopped the recovery of {user}.")


@recovery.command("list", epilog="Example: gatehouse recovery list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the recoveries that are asked for, that wait, and that were stopped."""
    with opened() as house:
        output.rows([_shown(*each) for each in _operating(house).list()], as_json)


def _operating(house: House) -> Operating:
    recoveries = open_recoveries(house.store, house.settings, house.clock)
    four_eyes = house.settings.recovery_four_eyes == "on"
    return Operating(house.store, house.clock, recoveries, four_eyes=four_eyes)


def _shown(username: str, found: Recovery) -> output.Row:
    return {
        "username": username,
        "state": found.state.value,
        "started_by": found.started_by or "themselves",
        "approved_by": found.approved_by,
        "created_at": found.created_at,
        "ready_at": found.ready_at,
    }
