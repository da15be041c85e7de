"""`gatehouse stream`."""

from __future__ import annotations

import click

from gateway.cli import output
from gateway.cli.asking import Ask, Given, asking, every

LISTED = ("id", "client", "method", "status", "waiting", "created_at")


@click.group()
def stream() -> None:
    """Event streams of clients that hear of what happens (Shared Signals)."""


@stream.command("list", epilog="Example: gatehouse stream list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the streams, and how much waits in each."""
    with asking() as ask:
        found = every(ask, "streams.list", "streams")
        output.rows([{name: each[name] for name in LISTED} for each in found], as_json)


@stream.command(epilog='Example: gatehouse stream status $STREAM paused --reason "at night"')
@click.argument("stream")
@click.argument("status", type=click.Choice(["enabled", "paused", "disabled"]))
@click.option("--reason", default="", help="What the client is told of it.")
@output.as_json
def status(stream: str, status: str, reason: str, as_json: bool) -> None:
    """Let a stream flow, hold it, or let it lapse; its client is told so."""
    with asking() as ask:
        version = _found(ask, stream)["version"]
        said = {"status": status, "reason": reason, "version": version}
        output.row(ask("streams.set_status", stream=stream, **said), as_json)


def _found(ask: Ask, stream: str) -> Given:
    listed = every(ask, "streams.list", "streams")
    found = next((each for each in listed if each["id"] == stream), None)
    if found is None:
        raise click.ClickException("There is no such stream.")
    return found
