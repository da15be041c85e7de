"""`gatehouse client exchange`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from gateway.cli import output
from gateway.cli.asking import asking


@click.command(
    epilog="Example: gatehouse client exchange tools --of chatbot "
    '--audience https://tools.example.org --scope "read"'
)
@click.argument("actor")
@click.option("--of", "client_id", required=True, help="Client that the tokens were issued to.")
@click.option("--audience", multiple=True, help="Resource to get tokens for. May be repeated.")
@click.option("--scope", default="", help="What of the tokens' scope it may get.")
@click.option("--forbid", "forbidden", is_flag=True, help="Allow it no longer.")
@output.as_json
def exchange(
    actor: str,
    client_id: str,
    audience: Sequence[str],
    scope: str,
    *,
    forbidden: bool,
    as_json: bool,
) -> None:
    """Let a client exchange tokens of another for narrower ones (RFC 8693)."""
    if not audience and not forbidden:
        raise click.UsageError("Name an --audience, or --forbid.")
    pair = {"client_id": actor, "of": client_id}
    with asking() as ask:
        if forbidden:
            changed = ask("clients.forbid_exchange", **pair)
        else:
            changed = ask("clients.allow_exchange", **pair, audience=list(audience), scope=scope)
    output.rows([{"actor": actor, **allowed} for allowed in changed["token_exchange"]], as_json)
