"""`gatehouse user`."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway import people
from gateway.cli import output
from gateway.cli.house import House, opened
from gateway.opening import make_factors
from gateway.people import Person
from store.accounts import Account


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command(
    epilog="Example: echo 'a long passphrase' | gatehouse user add alice --password-stdin"
)
@click.argument("username")
@click.option("--email", help="Their address; one-time codes may be sent to it.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@output.as_json
def add(username: str, email: str | None, password_stdin: bool, as_json: bool) -> None:
    """Add an account; without a password the person needs a ticket to begin."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with opened() as house:
        person = Person(username=username, email=email, password=password)
        prepared = people.prepare(person, make_factors(house.settings, house.store, house.clock))
        with house.store.write() as tx:
            account_id = people.add(tx, prepared)
    output.row({"id": account_id, "username": username, "email": email}, as_json)


@user.command("list", epilog="Example: gatehouse user list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the accounts."""
    with opened() as house, house.store.read() as tx:
        output.rows([_shown(account) for account in tx.accounts.list()], as_json)


@user.command(epilog="Example: gatehouse user disable alice")
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let the person in again.")
def disable(username: str, undo: bool) -> None:
    """Keep a person out: sessions end, tokens are not refreshed, nothing is deleted."""
    with opened() as house:
        _set_disabled(house, username, not undo)
    click.echo(f"{'Enabled' if undo else 'Disabled'} {username}.")


@user.command(
    "import",
    epilog='Example: echo \'{"username": "alice", "password": "..."}\' | gatehouse user import -',
)
@click.argument("file", type=click.File(encoding="utf-8"))
@output.as_json
def import_(file: TextIOWrapper, as_json: bool) -> None:
    """Add the people in FILE: JSON lines of username, email, password, totp_secret.

    All but the username may be left out. One wrong line refuses the whole file.
    """
    with opened() as house:
        factors = make_factors(house.settings, house.store, house.clock)
        number = people.import_people(house.store, factors, file)
    output.row({"imported": number}, as_json)


def _set_disabled(house: House, username: str, disabled: bool) -> None:
    with house.store.write() as tx:
        account = tx.accounts.find(username)
        if account is None:
            raise BadRequest(Text("There is no account %(name)s.", {"name": username}))
        tx.accounts.set_disabled(account.id, disabled)
        event = "account.disabled" if disabled else "account.enabled"
        tx.audit.add(event, account_id=account.id)


def _shown(account: Account) -> output.Row:
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email,
        "created_at": account.created_at,
        "disabled_at": account.disabled_at,
    }
