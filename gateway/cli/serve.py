"""`gatehouse serve`."""

from __future__ import annotations

import click

from gateway import logs
from gateway import serve as tree
from gateway.settings import load


@click.command(epilog="Example: GATEHOUSE_ISSUER=https://login.example.org gatehouse serve")
def serve() -> None:
    """Run the gateway until SIGTERM or Ctrl-C.

    With nothing set it keeps everything in the folder var/ and listens on localhost. Where
    something must be changed first it says so in one line and ends with code 2.
    """
    settings = load()
    logs.configure()
    click.echo(f"Gatehouse on {settings.host} port {settings.port}, issuer {settings.issuer}")
    tree.serve(settings)
