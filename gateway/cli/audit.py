"""`gatehouse audit`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from gateway.admin.calls.audit import verdict
from gateway.admin.calls.audit_models import AT_ONCE
from gateway.cli import output
from gateway.cli.asking import Ask, asking
from gateway.cli.house import elsewhere, opened
from gateway.cli.progress import bars
from gateway.trail.looking import look

File = click.Path(path_type=Path, dir_okay=False, exists=True)
SHOWN = ("number", "at", "event", "username", "client", "address", "actor_name", "detail")


def _instant(_: object, __: object, value: datetime | None) -> str:
    """Write a time without a zone as one of UTC."""
    return value.replace(tzinfo=UTC).isoformat() if value else ""


FILTERS = (
    click.option("--event", default="", help="Its name, or what it begins with: `login.`"),
    click.option("--user", default="", help="To whom it happened: a username or an id."),
    click.option("--actor", default="", help="Who did it: an account id or `system:0`."),
    click.option("--client", default="", help="Through which client."),
    click.option(
        "--from", "since", type=click.DateTime(), callback=_instant, help="Not before, in UTC."
    ),
    click.option("--until", type=click.DateTime(), callback=_instant, help="Not after, in UTC."),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose entries."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """The audit trail: what happened, and whether anybody changed it."""


@audit.command(epilog="Example: gatehouse audit search --event login. --user alice --limit 20")
@filters
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many.")
@output.as_json
def search(limit: int, as_json: bool, **chosen: Any) -> None:  # noqa: ANN401 - the filters
    """Show entries, the newest first."""
    with asking() as ask:
        found = [*islice(_entries(ask, _wanted(ask, chosen)), limit)]
    told = found if as_json else [_shown(each) for each in found]
    output.rows(told, as_json)


@audit.command(epilog="Example: gatehouse audit export --from 2026-01-01 > trail.jsonl")
@filters
def export(**chosen: Any) -> None:  # noqa: ANN401 - the filters
    """Print entries as JSON lines, the oldest first."""
    with asking() as ask:
        wanted = _wanted(ask, chosen)
        after = ""
        while True:
            page = ask("audit.export", after=after, limit=AT_ONCE, **wanted)
            click.echo(page["lines"], nl=False)
            if not (after := page["next"]):
                return


@audit.command(epilog="Example: gatehouse audit verify --anchors /mnt/append-only/anchors.jsonl")
@click.option("--anchors", type=File, help="Checkpoints that were kept; this machine's own.")
@click.option("--key", type=File, help="The public key as `gatehouse audit key` printed it.")
@output.as_json
def verify(anchors: Path | None, key: Path | None, as_json: bool) -> None:
    """Verify that nothing of the trail was altered, taken out or cut off.

    Names the first place where something was, and ends with 1 there.
    """
    found = _verified(anchors, key)
    first = found.pop("first")
    output.row({**found, **({"first": first} if as_json else {})}, as_json)
    if first and not as_json:
        click.echo("\nThe trail is not whole. The first place:", err=True)
        for name, value in first.items():
            if value not in {None, ""}:
                click.echo(f"  {name}: {output.shown(value)}", err=True)
    sys.exit(0 if found["whole"] else 1)


@audit.command(epilog="Example: gatehouse audit key > audit-key.json")
def key() -> None:
    """Print the public key that checkpoints are signed with, a JWK to keep elsewhere."""
    with asking() as ask:
        click.echo(json.dumps(ask("audit.key")))


def _verified(anchors: Path | None, key: Path | None) -> dict[str, Any]:
    if elsewhere():
        with asking() as ask:
            return ask("audit.verify")
    with opened() as house, bars() as report:
        found = look(
            house.store,
            house.settings,
            anchors=anchors,
            key=key,
            progress=lambda done, of: report("Entries", done, of),
        )
    return verdict(found).model_dump()


def _wanted(ask: Ask, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the operations take; a username becomes the id behind it."""
    wanted = {name: value for name, value in chosen.items() if value and name != "user"}
    if user := chosen["user"]:
        is_id = len(user) == 32 and not set(user) - set("0123456789abcdef")
        wanted["person"] = user if is_id else ask("people.find", username=user)["id"]
    return wanted


def _entries(ask: Ask, wanted: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = ask("audit.search", after=after, **wanted)
        yield from page["entries"]
        if not (after := page["next"]):
            return


def _shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    said = json.dumps(entry["detail"]) if entry["detail"] else ""
    return {**{name: entry[name] for name in SHOWN}, "detail": said}
