"""`gatehouse keys`."""

from __future__ import annotations

from dataclasses import asdict

import click

from contracts.errors import Conflict
from contracts.text import Text
from gateway.cli import output
from gateway.cli.asking import asking
from gateway.cli.house import opened
from gateway.cli.progress import bars
from gateway.settings import load
from store import keys_file
from store.rewrapping import Rewrapping

STILL = "%(count)d values are sealed with older keys. Run: gatehouse keys rewrap"


@click.group()
def keys() -> None:
    """The keys that sign tokens, and those that seal what is stored."""


@keys.command("list", epilog="Example: gatehouse keys list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the published keys."""
    with asking() as ask:
        output.rows(ask("keys.list")["keys"], as_json)


@keys.command(epilog="Example: gatehouse keys rotate")
@output.as_json
def rotate(as_json: bool) -> None:
    """Publish the next keys; they sign once every cached key set has them."""
    with asking() as ask:
        output.rows(ask("keys.rotate")["keys"], as_json)


@keys.command(epilog="Example: gatehouse keys revoke $KID")
@click.argument("kid")
@output.as_json
def revoke(kid: str, as_json: bool) -> None:
    """Withdraw a key that strangers may hold, with every token it signed."""
    with asking() as ask:
        output.rows(ask("keys.revoke", kid=kid)["keys"], as_json)


@keys.command(epilog="Example: gatehouse keys add")
def add() -> None:
    """Add a key-encryption key to the key file; it seals nothing before `keys use`."""
    version = keys_file.add_key(load().keys)
    click.echo(f"Added key {version}. Give the file to every machine, then: keys use {version}")


@keys.command(epilog="Example: gatehouse keys use 2")
@click.argument("version", type=int)
def use(version: int) -> None:
    """Let a key-encryption key of the key file seal, from the next start on."""
    keys_file.use_key(load().keys, version)
    click.echo(f"Key {version} seals. Run: gatehouse migrate, and start the gateway again.")


@keys.command(epilog="Example: gatehouse keys rewrap")
@output.as_json
def rewrap(as_json: bool) -> None:
    """Seal anew what older key-encryption keys hold, while the gateway runs.

    Every process must have been started with the present key file before. It can be stopped and
    run again.
    """
    with opened() as house, bars() as report:
        done = Rewrapping(house.store).run(report)
    output.row(asdict(done), as_json)


@keys.command(epilog="Example: gatehouse keys drop 1")
@click.argument("version", type=int)
def drop(version: int) -> None:
    """Take an older key-encryption key out of the key file, once `keys rewrap` finds no more."""
    with opened() as house:
        if left := Rewrapping(house.store).left():
            raise Conflict(Text(STILL, {"count": left}))
        keys_file.drop_key(house.settings.keys, version)
    click.echo(f"Dropped key {version}. Backups from before need it still.")
