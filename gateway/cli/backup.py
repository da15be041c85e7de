"""`gatehouse backup`."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from contracts.clock import SystemClock
from gateway.cli import output
from gateway.cli.progress import bars
from gateway.erasure import Eraser
from gateway.opening import make_factors, make_store
from gateway.restoring import settle as settle_store
from gateway.settings import Settings, load
from store import backup as copying
from store.schema import KEYSTORE, MAIN, Schema

of_keystore = click.option(
    "--keystore", is_flag=True, help="The keystore, whose copies are kept apart, 30 days at most."
)
file_of = click.Path(dir_okay=False, path_type=Path)


@click.group()
def backup() -> None:
    """Copies of the embedded database and keystore; PostgreSQL has pg_dump and pg_restore.

    Keep a copy of the key file too, apart from both: without it neither can be read.
    """


@backup.command(epilog="Example: gatehouse backup make /backup/gatehouse-monday.db")
@click.argument("file", type=file_of)
@of_keystore
def make(file: Path, keystore: bool) -> None:
    """Copy the database to FILE while the gateway runs."""
    url, _ = _meant(load(), keystore)
    with bars() as report:
        copying.make(url, file, lambda done, total: report(file.name, done, total))
    click.echo(f"Copied to {file}.")


@backup.command(epilog="Example: gatehouse backup restore /backup/gatehouse-monday.db")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_keystore
@output.as_json
def restore(file: Path, keystore: bool, as_json: bool) -> None:
    """Put FILE in the place of what there is now; stop the gateway first.

    What was over stays over: see `gatehouse backup settle`, which is done at once.
    """
    settings = load()
    url, schema = _meant(settings, keystore)
    vault = make_store(settings, SystemClock()).vault
    with bars() as report:
        told = partial(report, file.name)
        copying.restore(file, url, schema, vault, told)
    _settle(settings, as_json)


@backup.command(epilog="Example: gatehouse backup settle")
@output.as_json
def settle(as_json: bool) -> None:
    """After pg_restore, before the gateway is started: let nothing count that was over.

    Whoever was erased since is erased again, removed ways to log in are removed again, sessions,
    tokens and steps under way end. Authenticator apps and passkeys go on. Passwords that were
    changed and recovery codes that were used since stay shut: their owners use another way.
    """
    _settle(load(), as_json)


def _meant(settings: Settings, keystore: bool) -> tuple[str, Schema]:
    return (settings.keystore_url, KEYSTORE) if keystore else (settings.database, MAIN)


def _settle(settings: Settings, as_json: bool) -> None:
    clock = SystemClock()
    store = make_store(settings, clock)
    try:
        store.migrate()
        settled = settle_store(
            store, Eraser(store, clock, settings), make_factors(settings, store, clock)
        )
    finally:
        store.close()
    output.row(asdict(settled), as_json)
