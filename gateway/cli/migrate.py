"""`gatehouse migrate`."""

from __future__ import annotations

import click

from contracts.clock import SystemClock
from gateway.opening import make_factors, make_store
from gateway.people.addresses import learn
from gateway.settings import load


@click.command(epilog="Example: GATEHOUSE_DATABASE_URL=postgresql://db/gatehouse gatehouse migrate")
def migrate() -> None:
    """Bring the database to this version's schema.

    Nothing stored is lost. Run it once before the first start on PostgreSQL and after each upgrade.
    """
    settings, clock = load(), SystemClock()
    store = make_store(settings, clock)
    store.migrate()
    store.check()
    learn(store, make_factors(settings, store, clock))
    store.close()
    click.echo("The database is up to date.")
