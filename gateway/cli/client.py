"""`gatehouse client`."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import output
from gateway.cli.asking import Given, asking, every
from gateway.cli.exchange import exchange
from gateway.cli.said import as_said

LISTED = (
    *("client_id", "source", "name", "public", "token_endpoint_auth_method", "profile"),
    *("application_type", "redirect_uris", "dpop_bound_access_tokens"),
    *("post_logout_redirect_uris", "backchannel_logout_uri", "frontchannel_logout_uri"),
    *("grant_types", "backchannel_token_delivery_mode", "resources"),
    *("authorization_details_types", "require_acr", "consent", "audience", "scope"),
    *("token_alg", "access_token_seconds"),
)
"""What a list shows of a client."""


@click.group()
def client() -> None:
    """Chatbots and backends that may ask for tokens."""


@client.command(
    epilog="Example: gatehouse client add support --redirect-uri https://chat.example.org/callback"
)
@click.argument("client_id")
@click.option("--public", is_flag=True, help="No secret: a program on the person's own device.")
@as_said
@output.as_json
def add(client_id: str, said: dict[str, Any], *, public: bool, as_json: bool) -> None:
    """Register a client; its secret is printed once and never again."""
    with asking() as ask:
        made = ask("clients.add", client_id=client_id, public=public, **said)
    output.row({**_listed(made), "client_secret": made["client_secret"]}, as_json)


@client.command("list", epilog="Example: gatehouse client list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the clients."""
    with asking() as ask:
        found = sorted(every(ask, "clients.list", "clients"), key=lambda each: str(each["name"]))
    output.rows([_listed(each) for each in found], as_json)


@client.command(epilog="Example: gatehouse client show support")
@click.argument("client_id")
@output.as_json
def show(client_id: str, as_json: bool) -> None:
    """Show all that is said of a client, and its version."""
    with asking() as ask:
        found = ask("clients.get", client_id=client_id)
    filled = {name: value for name, value in found.items() if value not in (None, "", [], {})}
    output.row(found if as_json else filled, as_json)


@client.command(epilog="Example: gatehouse client change support --require-acr aal2")
@click.argument("client_id")
@click.option("--version", type=click.IntRange(1), help="Only if it is still at this version.")
@as_said
@output.as_json
def change(client_id: str, said: dict[str, Any], *, version: int | None, as_json: bool) -> None:
    """Change what is said of a client; what no option names stays as it is."""
    if not said:
        raise click.UsageError("Say what is to be changed.")
    with asking() as ask:
        seen = version or ask("clients.get", client_id=client_id)["version"]
        changed = ask("clients.update", client_id=client_id, version=seen, **said)
    output.row({**_listed(changed), "version": changed["version"]}, as_json)


@client.command(epilog="Example: gatehouse client secret support")
@click.argument("client_id")
@output.as_json
def secret(client_id: str, as_json: bool) -> None:
    """Give a client a new secret in place of its own; it is printed once and never again."""
    with asking() as ask:
        output.row(ask("clients.rotate_secret", client_id=client_id), as_json)


@client.command(epilog="Example: gatehouse client revoke support")
@click.argument("client_id")
def revoke(client_id: str) -> None:
    """End everything that was granted to a client, as where strangers hold its tokens."""
    with asking() as ask:
        ask("clients.revoke_grants", client_id=client_id)
    click.echo(f"Revoked all that was granted to {client_id}.")


@client.command(epilog="Example: gatehouse client remove support")
@click.argument("client_id")
def remove(client_id: str) -> None:
    """Remove a client with everything granted to it."""
    with asking() as ask:
        ask("clients.remove", client_id=client_id)
    click.echo(f"Removed {client_id}.")


@client.command(epilog="Example: gatehouse client token --uses 1 --days 7")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True)
@output.as_json
def token(as_json: bool, uses: int, days: int) -> None:
    """Issue an initial access token: its bearer may register so many clients (RFC 7591)."""
    with asking() as ask:
        issued = ask("clients.issue_token", uses=uses, days=days)
    names = ("initial_access_token", "uses", "days")
    output.row({name: issued[name] for name in names}, as_json)


client.add_command(exchange)


def _listed(found: Given) -> output.Row:
    return {name: found[name] for name in LISTED}
