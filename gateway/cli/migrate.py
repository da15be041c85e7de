"""`gatehouse migrate`."""

from __future__ import annotations

import click

from contracts.clock import SystemClock
from gateway.opening import make_store
from gateway.settings import load


@click.command(epilog="Example: GATEHOUSE_DATABASE_URL=postgresql://db/gatehouse gatehouse migrate")
def migrate() -> None:
    """Bring the database to this version's schema.

    Nothing stored is lost. Run it once before the first start on PostgreSQL and after each upgrade.
    """
    store = make_store(load(), SystemClock())
    store.migrate()
    store.check()
    store.close()
    click.echo("The database is up to date.")
