"""`gatehouse operator`."""

from __future__ import annotations

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.admin.roles import Role
from gateway.cli import output
from gateway.cli.asking import Ask, Given, asking

ROLE = click.Choice([role.value for role in Role])
NONE = Text("%(name)s has no role.")


@click.group()
def operator() -> None:
    """People who run the house, each with one role.

    Whoever runs these commands on the machine is an admin already, by the system.
    """


@operator.command("list", epilog="Example: gatehouse operator list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List everybody who has a role."""
    with asking() as ask:
        output.rows([_shown(each) for each in ask("operators.list")["operators"]], as_json)


@operator.command(epilog="Example: gatehouse operator grant alice helpdesk")
@click.argument("user")
@click.argument("role", type=ROLE)
@output.as_json
def grant(user: str, role: str, as_json: bool) -> None:
    """Give USER a ROLE; they have a passkey already."""
    with asking() as ask:
        person = ask("people.find", username=user)["id"]
        output.row(_shown(ask("operators.grant", person=person, role=role)), as_json)


@operator.command(epilog="Example: gatehouse operator change alice operator")
@click.argument("user")
@click.argument("role", type=ROLE)
@output.as_json
def change(user: str, role: str, as_json: bool) -> None:
    """Give USER another ROLE in the place of the one they have."""
    with asking() as ask:
        held = _held(ask, user)
        given = {"person": held["person"], "role": role, "version": held["version"]}
        output.row(_shown(ask("operators.change", **given)), as_json)


@operator.command(epilog="Example: gatehouse operator withdraw alice")
@click.argument("user")
def withdraw(user: str) -> None:
    """Take USER's role away, at once."""
    with asking() as ask:
        held = _held(ask, user)
        ask("operators.withdraw", person=held["person"], version=held["version"])
    click.echo(f"{user} has no role any more.")


def _held(ask: Ask, user: str) -> Given:
    """Return the role that somebody has now. Raises BadRequest where they have none."""
    person = ask("people.find", username=user)["id"]
    held = [each for each in ask("operators.list")["operators"] if each["person"] == person]
    if not held:
        raise BadRequest(Text(NONE.message, {"name": user}))
    found: Given = held[0]
    return found


def _shown(found: Given) -> output.Row:
    return {
        "username": found["username"],
        "role": found["role"].value,
        "passkey": found["able"],
        "granted_by": found["granted_by"],
        "granted_at": found["granted_at"],
    }
