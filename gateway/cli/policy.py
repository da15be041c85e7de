"""`gatehouse policy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.asking import Given, asking

strand = click.option(
    "--strand", is_flag=True, help="Even where people are left with no way to begin a login."
)


@click.group()
def policy() -> None:
    """Settings that admins set: which factors are on, how long things live, how often tried.

    What nobody has set is as the environment says. A change holds everywhere within seconds.
    """


@policy.command(epilog="Example: gatehouse policy show")
@click.option("--all", "all_", is_flag=True, help="What nobody has set, too.")
@output.as_json
def show(all_: bool, as_json: bool) -> None:
    """Show what is set, by the environment or by admins."""
    with asking(policy=False) as ask:
        found = ask("policy.get")["settings"]
    chosen = [each for each in found if all_ or as_json or each["origin"] != "shipped"]
    output.rows([_shown(each) for each in chosen], as_json)


@policy.command("set", epilog="Example: gatehouse policy set session_seconds=28800")
@click.argument("settings", metavar="NAME=VALUE...", nargs=-1, required=True)
@click.option("--preview", is_flag=True, help="Only say what would change.")
@strand
@output.as_json
def set_(settings: Sequence[str], *, preview: bool, strand: bool, as_json: bool) -> None:
    """Set one or more settings; the others stay as they are.

    Lists are written with commas: factors_off=voice,totp
    """
    given = dict(_pair(each) for each in settings)
    with asking(policy=False) as ask:
        found = ask("policy.get")
        kinds = {each["name"]: each["kind"] for each in found["settings"]}
        read = {name: _value(kinds.get(name, ""), text) for name, text in given.items()}
        values = {**_values(found), **read}
        if preview:
            output.row(_previewed(ask("policy.preview", values=values)), as_json)
            return
        made = ask("policy.put", values=values, version=found["version"], strand=strand)
    output.rows([_shown(each) for each in made["settings"] if each["name"] in given], as_json)


@policy.command(epilog="Example: gatehouse policy unset session_seconds")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@strand
@output.as_json
def unset(names: Sequence[str], *, strand: bool, as_json: bool) -> None:
    """Leave settings to the environment again."""
    with asking(policy=False) as ask:
        found = ask("policy.get")
        values = _values(found)
        if missing := [name for name in names if name not in values]:
            raise BadRequest(Text("Nobody has set %(name)s.", {"name": ", ".join(missing)}))
        left = {name: value for name, value in values.items() if name not in names}
        made = ask("policy.put", values=left, version=found["version"], strand=strand)
    output.rows([_shown(each) for each in made["settings"] if each["name"] in names], as_json)


@policy.command(epilog="Example: gatehouse policy history")
@click.option("--after", default="", help="`next` of the page before.")
@output.as_json
def history(after: str, as_json: bool) -> None:
    """List who changed the policy, when and how, the newest first."""
    with asking(policy=False) as ask:
        found = ask("policy.history", after=after)
    output.rows([_edition(each) for each in found["versions"]], as_json)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadRequest(Text("Write it as NAME=VALUE: %(text)s", {"text": text}))
    return name.strip().lower().removeprefix("gatehouse_"), value.strip()


def _values(found: Given) -> dict[str, Any]:
    """Return what admins have set so far."""
    mine = [each for each in found["settings"] if each["origin"] == "admin"]
    return {each["name"]: each["value"] for each in mine}


def _value(kind: str, text: str) -> object:
    """Read a value as its setting is: a number, a word, a list; what it may be is not for us."""
    if kind == "array":
        return text.replace(",", " ").split()
    if kind == "boolean":
        return {"on": True, "off": False, "true": True, "false": False}.get(text, text)
    return int(text) if kind == "integer" and text.isdecimal() else text


def _shown(setting: Given) -> output.Row:
    return {
        "name": setting["name"],
        "value": _plain(setting["value"]),
        "from": setting["origin"],
        "meaning": setting["meaning"],
    }


def _previewed(found: Mapping[str, Any]) -> output.Row:
    changes = [f"{each['name']}: {each['before']} -> {each['after']}" for each in found["changes"]]
    return {"changes": "; ".join(changes), "stranded": found["stranded"]}


def _edition(found: Given) -> output.Row:
    return {
        "version": found["version"],
        "changed_at": found["changed_at"],
        "changed_by": found["username"] or found["changed_by"],
        "changes": [_edit(each) for each in found["edits"]],
    }


def _edit(edit: Given) -> str:
    name, after = edit["name"], edit["after"]
    return f"{name} unset" if after is None else f"{name}={_plain(after)}"


def _plain(value: object) -> object:
    return ",".join(value) if isinstance(value, list) else value
