"""`gatehouse user`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway import erasure as erasing
from gateway import people
from gateway.account import export as exporting
from gateway.account.leaving import Leaving
from gateway.cli import output
from gateway.cli.house import House, opened
from gateway.cli.importing import Tally, follow
from gateway.lockout import Lockout
from gateway.notices import Notices
from gateway.opening import make_factors
from gateway.people.importing import Importer
from gateway.people.inviting import Guest, Inviter
from gateway.people.reading import records
from store.accounts import Account
from web.pages import translate_into


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
    """Add an account; without a password the person needs an invitation or a ticket to begin."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with opened() as house:
        person = people.read({"username": username, "email": email, "password": password})
        prepared = people.prepare(person, make_factors(house.settings, house.store, house.clock))
        with house.store.write() as tx:
            account_id = people.add(tx, prepared)
    output.row({"id": account_id, "username": username, "email": email}, as_json)


@user.command(epilog="Example: gatehouse user invite alice --email alice@example.org --send")
@click.argument("username")
@click.option("--email", required=True, help="Their address.")
@click.option("--send", is_flag=True, help="Send the link there, beside printing it.")
@click.option("--language", default="en", help="Language of the message, such as `de`.")
@output.as_json
def invite(username: str, email: str, send: bool, language: str, as_json: bool) -> None:
    """Let a person set up their account by a link that works once; it is added if it is new.

    An earlier link of theirs stops working. Whoever holds the link becomes that person, as long
    as the account has no way to log in; send it to nobody else.
    """
    with opened() as house:
        factors = make_factors(house.settings, house.store, house.clock)
        inviter = Inviter(house.store, house.clock, factors, house.settings)
        invitation = inviter.invite(Guest(username, email, language), send=send)
    output.row({"link": invitation.link, "valid_until": invitation.valid_until}, as_json)


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


@user.command(epilog="Example: gatehouse user export alice > alice.json")
@click.argument("username")
def export(username: str) -> None:
    """Print all that is kept of a person as JSON, as they can download it themselves."""
    with opened() as house:
        factors = make_factors(house.settings, house.store, house.clock)
        whole = exporting.Export(house.store, house.clock, factors, house.settings.issuer)
        click.echo(exporting.as_json(whole.take(_found(house, username).id)))


@user.command(epilog="Example: gatehouse user erase alice --now")
@click.argument("username")
@click.option("--now", is_flag=True, help="At once and for good: nobody can bring it back.")
@click.option("--undo", is_flag=True, help="Keep an account that was to be erased.")
def erase(username: str, now: bool, undo: bool) -> None:
    """Have an account erased after the grace period; its person is told, and can keep it.

    A worker must be running then (gatehouse serve); --now needs none.
    """
    with opened() as house:
        account, leaving = _found(house, username), _leaving(house)
        if undo:
            leaving.keep(account.id)
            click.echo(f"{username} stays.")
        elif now:
            erasing.erase_now(house.store, house.clock, account.id)
            click.echo(f"Erased {username}.")
        else:
            click.echo(f"{username} will be erased on {leaving.ask(account.id):%Y-%m-%d}.")


@user.command("erase-again", epilog="Example: gatehouse user erase-again")
@output.as_json
def erase_again(as_json: bool) -> None:
    """After a backup was restored, of either database: erase whoever was erased since."""
    with opened() as house:
        output.row({"erased": erasing.replay(house.store, house.clock)}, as_json)


@user.command(
    "import",
    epilog="Example: gatehouse user import people.csv --report skipped.jsonl",
)
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="surrogateescape"))
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the lines that were skipped to this file, one JSON object a line, with the reason.",
)
@click.option("--all-or-nothing", is_flag=True, help="Import nobody where a single line is wrong.")
@output.as_json
def import_(file: TextIOWrapper, report: Path | None, all_or_nothing: bool, as_json: bool) -> None:
    """Add the people in FILE: CSV with a header, or JSON lines.

    Columns: username, email, email_verified, phone, password, password_hash, totp_secret; all but
    the username may be left out. Wrong lines are skipped. It can be run again, also after it was
    interrupted: whoever is there already is skipped.
    """
    with opened() as house:
        factors = make_factors(house.settings, house.store, house.clock)
        importer = Importer(house.store, factors)
        if all_or_nothing:
            tally = Tally(imported=importer.all(records(file)))
        else:
            tally = follow(importer.each(records(file)), file, report)
    output.row(asdict(tally), as_json)


def _found(house: House, username: str) -> Account:
    with house.store.read() as tx:
        account = tx.accounts.find(username)
    if account is None:
        raise BadRequest(Text("There is no account %(name)s.", {"name": username}))
    return account


def _leaving(house: House) -> Leaving:
    factors = make_factors(house.settings, house.store, house.clock)
    notices = Notices(factors, translate_into, house.clock)
    lockout = Lockout(factors, house.clock)
    return Leaving(house.settings, house.store, house.clock, notices, lockout)


def _set_disabled(house: House, username: str, disabled: bool) -> None:
    account = _found(house, username)
    with house.store.write() as tx:
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
        "erase_at": account.erase_at,
    }
