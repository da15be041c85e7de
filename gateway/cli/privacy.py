"""`gatehouse privacy`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.asking import asking
from gateway.cli.house import opened
from gateway.privacy.markdown import markdown
from store.erasures import PROOF
from store.signer import Seals, Signer

FORGED = Text("This is no proof of ours, or somebody changed it.")
NO_KEY = Text("The key must be a public JWK, as `gatehouse audit key` prints it.")


@click.group()
def privacy() -> None:
    """What is kept of people, what they agreed to, and that they were erased."""


@privacy.command(epilog="Example: gatehouse privacy report > record-of-processing.md")
@output.as_json
def report(as_json: bool) -> None:
    """Print the record of processing (GDPR, Article 30) as Markdown."""
    with asking() as ask:
        made = ask("privacy.report")
    if as_json:
        output.row(made, as_json)
    else:
        click.echo(markdown({**made, "made_at": f"{made['made_at']:%Y-%m-%d %H:%M} UTC"}))


@privacy.command(epilog="Example: gatehouse privacy consents alice")
@click.argument("username")
@output.as_json
def consents(username: str, as_json: bool) -> None:
    """List what a person agreed to have measured, and what they took back."""
    with asking() as ask:
        person = ask("people.find", username=username)["id"]
        output.rows(ask("consents.list", person=person)["consents"], as_json)


@privacy.command(epilog="Example: gatehouse privacy withdraw alice voice")
@click.argument("username")
@click.argument("factor")
def withdraw(username: str, factor: str) -> None:
    """Withdraw a person's consent to FACTOR for them; what was measured is deleted at once."""
    with asking() as ask:
        person = ask("people.find", username=username)["id"]
        ask("consents.withdraw", person=person, factor=factor)
    click.echo(f"Withdrawn. What was measured of {username} for {factor} is deleted.")


@privacy.command(epilog="Example: gatehouse privacy proof $PSEUDONYM > proof.jws")
@click.argument("pseudonym")
def proof(pseudonym: str) -> None:
    """Print the signed proof that somebody was erased, by the number in their last message."""
    with asking() as ask:
        click.echo(ask("erasures.proof", pseudonym=pseudonym)["proof"])


@privacy.command("verify-proof", epilog="Example: gatehouse privacy verify-proof proof.jws")
@click.argument("file", type=click.File())
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public key of the house that signed it, where that is not this one.",
)
@output.as_json
def verify_proof(file: TextIO, key: Path | None, as_json: bool) -> None:
    """Check a proof of erasure, and print what it says."""
    said = _seals(key).open(file.read().strip(), PROOF)
    if said is None:
        raise BadRequest(FORGED)
    rows = said.pop("rows")
    output.row({**said, "rows": rows if as_json else _counted(rows)}, as_json)


def _seals(key: Path | None) -> Seals:
    if key is None:
        with opened() as house:
            return Signer(house.store.vault)
    try:
        return Seals(json.loads(key.read_text("utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(NO_KEY) from error


def _counted(rows: dict[str, int]) -> list[str]:
    return [f"{table}={count}" for table, count in rows.items()]
