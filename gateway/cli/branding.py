"""`gatehouse branding`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import BinaryIO

import click

from gateway.cli import output
from gateway.cli.asking import Ask, Given, asking

whose = click.option(
    "--client", "client_id", default="", help="Id of the client; the house where it is left out."
)
Parts = dict[str, dict[str, str]]


@click.group()
def branding() -> None:
    """Names, logos, colours and words that people see."""


@branding.command(epilog="Example: gatehouse branding show --client support")
@whose
@output.as_json
def show(client_id: str, as_json: bool) -> None:
    """Show how a client, or the house, looks."""
    with asking() as ask:
        _print(ask("branding.get", client_id=client_id), as_json)


@branding.command(
    "set",
    epilog="Example: gatehouse branding set --client support --name Acme "
    '--colour light.accent=#7a1f5c --text en.help="Call 555 0100."',
)
@whose
@click.option("--name", help="Name shown beside that of the house; empty: none.")
@click.option(
    "--colour",
    "colours",
    multiple=True,
    metavar="SCHEME.NAME=#RRGGBB",
    help="light or dark; accent, on_accent, house or house_ink. Empty: as it was. May be repeated.",
)
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="LANGUAGE.PLACE=WORDS",
    help="intro, help or footer. Empty: none. May be repeated.",
)
@output.as_json
def set_(
    client_id: str,
    name: str | None,
    colours: Sequence[str],
    texts: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Change how a client, or the house, looks; what no option names stays as it is."""
    with asking() as ask:
        held = ask("branding.get", client_id=client_id)
        changed = ask(
            "branding.put",
            client_id=client_id,
            version=held["version"],
            name=held["name"] if name is None else name,
            colours=_changed(held["colours"], colours, "--colour"),
            texts=_changed(held["texts"], texts, "--text"),
        )
    _print(changed, as_json)


@branding.command(epilog="Example: gatehouse branding logo acme.png --client support")
@click.argument("picture", type=click.File("rb"))
@whose
@output.as_json
def logo(picture: BinaryIO, client_id: str, as_json: bool) -> None:
    """Show a logo: a PNG, JPEG or WebP picture of 100 kB at the most."""
    data = b64encode(picture.read()).decode()
    with asking() as ask:
        _print(_with_logo(ask, client_id, data), as_json)


@branding.command(epilog="Example: gatehouse branding remove --client support")
@whose
@click.option("--logo", "only_logo", is_flag=True, help="The logo alone.")
def remove(client_id: str, *, only_logo: bool) -> None:
    """Let a client look like the house again, or the house as it ships."""
    with asking() as ask:
        if only_logo:
            _with_logo(ask, client_id, "")
        else:
            ask("branding.remove", client_id=client_id)
    click.echo("Removed.")


def _with_logo(ask: Ask, client_id: str, data: str) -> Given:
    held = ask("branding.get", client_id=client_id)
    return ask("branding.set_logo", client_id=client_id, version=held["version"], logo=data)


def _changed(held: Parts, said: Sequence[str], option: str) -> Parts:
    """Return `first.second=value` pairs laid over what there is; an empty value takes one away."""
    parts = {first: dict(rest) for first, rest in held.items()}
    for each in said:
        name, is_said, value = each.partition("=")
        first, dotted, second = name.partition(".")
        if not (is_said and dotted):
            raise click.BadParameter(
                f"{each!r} is not of the form NAME.NAME=VALUE", param_hint=option
            )
        parts.setdefault(first, {})[second] = value
    return {
        first: {second: value for second, value in rest.items() if value}
        for first, rest in parts.items()
    }


def _print(found: Given, as_json: bool) -> None:
    spread = {
        f"{first}.{second}": value
        for parts in (found["colours"], found["texts"])
        for first, rest in parts.items()
        for second, value in rest.items()
    }
    plain = {name: found[name] for name in ("client_id", "name", "logo", "version")}
    output.row(found if as_json else {**plain, **spread}, as_json)
