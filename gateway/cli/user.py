"""`gatehouse user`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path

import click

from gateway.account import export as exporting
from gateway.admin.calls.imports import LONGEST
from gateway.cli import output
from gateway.cli.asking import Ask, asking, every
from gateway.cli.house import elsewhere, opened
from gateway.cli.importing import Tally, follow
from gateway.erasure import Eraser
from gateway.opening import make_factors
from gateway.people.importing import Importer, Outcome, Skipped
from gateway.people.reading import records


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
    with asking() as ask:
        added = ask("people.add", username=username, email=email, password=password)
    output.row({"id": added["id"], "username": username, "email": email}, as_json)


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
    with asking() as ask:
        invited = ask("people.invite", username=username, email=email, send=send, language=language)
    output.row(invited, as_json)


@user.command("list", epilog="Example: gatehouse user list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the accounts."""
    with asking() as ask:
        output.rows([*every(ask, "people.list", "people")], as_json)


@user.command(epilog="Example: gatehouse user disable alice")
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let the person in again.")
def disable(username: str, undo: bool) -> None:
    """Keep a person out: sessions end, tokens are not refreshed, nothing is deleted."""
    with asking() as ask:
        ask(f"people.{'enable' if undo else 'disable'}", person=_person(ask, username))
    click.echo(f"{'Enabled' if undo else 'Disabled'} {username}.")


@user.command(epilog="Example: gatehouse user export alice > alice.json")
@click.argument("username")
def export(username: str) -> None:
    """Print all that is kept of a person as JSON, as they can download it themselves."""
    with asking() as ask:
        taken = ask("people.export", person=_person(ask, username))
    click.echo(exporting.as_json(taken["export"]))


@user.command(epilog="Example: gatehouse user erase alice --now")
@click.argument("username")
@click.option("--now", is_flag=True, help="At once and for good: nobody can bring it back.")
@click.option("--undo", is_flag=True, help="Keep an account that was to be erased.")
def erase(username: str, now: bool, undo: bool) -> None:
    """Have an account erased after the grace period; its person is told, and can keep it.

    A worker must be running then (gatehouse serve); --now needs none.
    """
    with asking() as ask:
        person = _person(ask, username)
        if undo:
            ask("people.keep", person=person)
            click.echo(f"{username} stays.")
        elif now:
            erased = ask("people.erase_now", person=person)
            click.echo(f"Erased {username}. The proof:\n{erased['proof']}")
        else:
            at = ask("people.erase", person=person)["erase_at"]
            click.echo(f"{username} will be erased on {at:%Y-%m-%d}.")


@user.command("erase-again", epilog="Example: gatehouse user erase-again")
@output.as_json
def erase_again(as_json: bool) -> None:
    """After a backup was restored, of either database: erase whoever was erased since."""
    with opened() as house:
        output.row({"erased": Eraser(house.store, house.clock, house.settings).replay()}, as_json)


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
    if elsewhere():
        tally = _import_elsewhere(file, report, all_or_nothing)
    else:
        tally = _import_here(file, report, all_or_nothing)
    output.row(asdict(tally), as_json)


def _import_here(file: TextIOWrapper, report: Path | None, all_or_nothing: bool) -> Tally:
    """Stream a file of any length: an operation would have to be sent all of it at once."""
    with opened() as house:
        importer = Importer(house.store, make_factors(house.settings, house.store, house.clock))
        if all_or_nothing:
            return Tally(imported=importer.all(records(file)))
        return follow(importer.each(records(file)), file, report)


def _import_elsewhere(file: TextIOWrapper, report: Path | None, all_or_nothing: bool) -> Tally:
    with asking() as ask:
        done = ask("imports.run", text=file.read(LONGEST + 1), all_or_nothing=all_or_nothing)
    outcome = Outcome(done["imported"], [Skipped(**each) for each in done["skipped"]])
    return follow([outcome], file, report)


def _person(ask: Ask, username: str) -> str:
    found: str = ask("people.find", username=username)["id"]
    return found
