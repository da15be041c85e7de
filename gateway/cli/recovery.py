"""`gatehouse recovery`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import Given, asking, every


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
    and nobody chooses it for them. Where somebody else has to approve, they get the code.
    """
    with asking() as ask:
        person = ask("people.find", username=user)["id"]
        begun = ask("recoveries.start", person=person, reason=reason)
    row = _claim(begun) if begun["approved"] else {"next": f"gatehouse recovery approve {user}"}
    output.row(row, as_json)


@recovery.command(epilog="Example: gatehouse recovery approve alice")
@click.argument("user")
@output.as_json
def approve(user: str, as_json: bool) -> None:
    """Let the recovery of USER begin that another operator asked for.

    The claim code is yours to hand to USER: whoever asked for the recovery has none.
    """
    with asking() as ask:
        person = ask("people.find", username=user)["id"]
        begun = ask("recoveries.approve", person=person)
    output.row(_claim(begun), as_json)


@recovery.command(epilog="Example: gatehouse recovery stop alice")
@click.argument("user")
def stop(user: str) -> None:
    """Stop the recovery of USER's account."""
    with asking() as ask:
        ask("recoveries.stop", person=ask("people.find", username=user)["id"])
    click.echo(f"Stopped the recovery of {user}.")


@recovery.command("list", epilog="Example: gatehouse recovery list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the recoveries that are asked for, that wait, and that were stopped."""
    with asking() as ask:
        found = every(ask, "recoveries.list", "recoveries")
        output.rows([_shown(each) for each in found], as_json)


def _claim(begun: Given) -> output.Row:
    return {name: begun[name] for name in ("claim", "ready_at", "addresses_told")}


def _shown(found: Given) -> output.Row:
    return {
        "username": found["username"],
        "state": found["state"].value,
        "started_by": found["started_by"] or "themselves",
        "approved_by": found["approved_by"],
        "created_at": found["created_at"],
        "ready_at": found["ready_at"],
    }
