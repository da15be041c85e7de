"""`gatehouse serve`."""

from __future__ import annotations

import click

from gateway import logs
from gateway import serve as tree
from gateway.admin.setup import Link
from gateway.settings import load


@click.command(epilog="Example: GATEHOUSE_ISSUER=https://login.example.org gatehouse serve")
@click.option(
    "--setup-link/--no-setup-link",
    default=True,
    help="Print a one-time link for the first admin while there is none.",
)
def serve(setup_link: bool) -> None:
    """Run the gateway until SIGTERM or Ctrl-C.

    With nothing set it keeps everything in the folder var/ and listens on localhost. Where
    something must be changed first it says so in one line and ends with code 2.
    """
    settings = load()
    logs.configure()
    click.echo(f"Gatehouse on {settings.host} port {settings.port}, issuer {settings.issuer}")
    tree.serve(settings, _announce if setup_link else None)


def _announce(link: Link | None) -> None:
    if link:
        until = f"{link.valid_until:%Y-%m-%d %H:%M} UTC"
        click.echo(f"There is no admin yet. Whoever opens this link is one, until {until}:")
        click.echo(link.link)
