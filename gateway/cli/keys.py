"""`gatehouse keys`."""

from __future__ import annotations

from datetime import datetime

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway import rotation
from gateway.cli import output
from gateway.cli.house import House, opened
from store.keys import SigningKey


@click.group()
def keys() -> None:
    """The keys that sign tokens."""


@keys.command("list", epilog="Example: gatehouse keys list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the published keys."""
    with opened() as house:
        output.rows(_published(house), as_json)


@keys.command(epilog="Example: gatehouse keys rotate")
@output.as_json
def rotate(as_json: bool) -> None:
    """Publish the next keys; they sign once every cached key set has them."""
    with opened() as house:
        rotation.rotate(house.store, house.settings, house.clock)
        output.rows(_published(house), as_json)


@keys.command(epilog="Example: gatehouse keys revoke $KID")
@click.argument("kid")
@output.as_json
def revoke(kid: str, as_json: bool) -> None:
    """Withdraw a key that strangers may hold, with every token it signed."""
    with opened() as house:
        if not rotation.revoke(house.store, house.settings, house.clock, kid):
            raise BadRequest(Text("There is no signing key %(kid)s.", {"kid": kid}))
        output.rows(_published(house), as_json)


def _published(house: House) -> list[output.Row]:
    with house.store.read() as tx:
        return [_shown(key, house.clock.now()) for key in tx.keys.list()]


def _shown(key: SigningKey, now: datetime) -> output.Row:
    return {
        "kid": key.kid,
        "alg": key.alg,
        "state": "waiting" if key.signs_from > now else "published",
        "signs_from": key.signs_from,
        "retires_at": key.retires_at,
    }
