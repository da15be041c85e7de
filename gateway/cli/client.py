"""`gatehouse client`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypedDict, Unpack

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.cli import output
from gateway.cli.exchange import exchange
from gateway.cli.house import opened
from gateway.cli.said import as_said
from gateway.clients import GRANT_TYPES as USUAL
from gateway.clients import SCOPE, Registration, register
from gateway.oidc.clients.ciba import MODES
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.token.server import GRANTS
from store.clients import Client

GRANT_TYPES = {grant.GRANT_TYPE.rpartition(":")[2]: grant.GRANT_TYPE for grant in GRANTS}
"""By the last word of their names, which an operator can type."""


class Given(TypedDict):
    """The options of `client add` that a registration takes as they are."""

    client_id: str
    name: str | None
    redirect_uris: Sequence[str]
    public: bool
    require_acr: str
    audience: str | None
    scope: str
    token_alg: str
    native: bool
    dpop: bool
    post_logout_redirect_uris: Sequence[str]
    backchannel_logout_uri: str
    frontchannel_logout_uri: str
    resources: Sequence[str]
    authorization_details_types: Sequence[str]
    ciba: str | None
    ciba_notification_endpoint: str
    said: Mapping[str, Any]


@click.group()
def client() -> None:
    """Chatbots and backends that may ask for tokens."""


@client.command(
    epilog="Example: gatehouse client add support --redirect-uri https://chat.example.org/callback"
)
@click.argument("client_id")
@click.option("--name", help="Name that people see; the id where it is left out.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="May be repeated.")
@click.option("--public", is_flag=True, help="No secret: a program on the person's own device.")
@click.option("--native", is_flag=True, help="On the person's own device: any loopback port.")
@click.option("--dpop", is_flag=True, help="Bind its tokens to a key of its own (RFC 9449).")
@click.option("--no-consent", is_flag=True, help="Do not ask people for consent: it is our own.")
@click.option("--require-acr", default="mfa", show_default=True, help="Least assurance it accepts.")
@click.option("--audience", help="`aud` of its access tokens; the id where it is left out.")
@click.option("--scope", default=SCOPE, show_default=True, help="What it may ask for.")
@click.option("--token-alg", type=click.Choice(ALGORITHMS), default=ALGORITHMS[0])
@click.option(
    "--post-logout-redirect-uri",
    "post_logout_redirect_uris",
    multiple=True,
    help="Where people may go once they are logged out. May be repeated.",
)
@click.option(
    "--backchannel-logout-uri",
    default="",
    help="Is told by us of the end of a session: https, or http on localhost.",
)
@click.option(
    "--frontchannel-logout-uri",
    default="",
    help="Is shown in a frame at a logout; has the origin of a redirect URI.",
)
@click.option(
    "--grant-type",
    "grant_types",
    multiple=True,
    type=click.Choice(sorted(GRANT_TYPES)),
    help="How it gets tokens: by code, by refresh token and for itself, where all are left out.",
)
@click.option(
    "--ciba",
    type=click.Choice(MODES),
    help="How it hears that a person it asked for has decided; goes with the grant type ciba.",
)
@click.option(
    "--ciba-notification-endpoint",
    default="",
    help="Where it is pinged: https, or http on localhost.",
)
@click.option(
    "--resource",
    "resources",
    multiple=True,
    help="A resource it may ask for tokens for (see: gatehouse resource). May be repeated.",
)
@click.option(
    "--details-type",
    "authorization_details_types",
    multiple=True,
    help="A type of authorization details it may ask for, such as message. May be repeated.",
)
@click.option("--access-token-seconds", type=click.IntRange(1), help="Life of its access tokens.")
@as_said
@output.as_json
def add(
    as_json: bool,
    access_token_seconds: int | None,
    no_consent: bool,
    grant_types: Sequence[str],
    **given: Unpack[Given],
) -> None:
    """Register a client; its secret is printed once and never again."""
    with opened() as house:
        seconds = access_token_seconds or house.settings.access_token_seconds
        wanted = Registration(
            access_token_seconds=seconds,
            consent=not no_consent,
            grant_types=[GRANT_TYPES[name] for name in grant_types] or USUAL,
            **given,
        )
        made, secret = register(house.store, house.clock, wanted)
    output.row({**_shown(made), "client_secret": secret}, as_json)


@client.command("list", epilog="Example: gatehouse client list --json")
@output.as_json
def list_(as_json: bool) -> None:
    """List the clients."""
    with opened() as house, house.store.read() as tx:
        output.rows([_shown(client) for client in tx.clients.list()], as_json)


@client.command(epilog="Example: gatehouse client remove support")
@click.argument("client_id")
def remove(client_id: str) -> None:
    """Remove a client with everything granted to it."""
    with opened() as house, house.store.write() as tx:
        if not tx.clients.remove(client_id):
            raise BadRequest(Text("There is no client %(id)s.", {"id": client_id}))
        tx.audit.add("client.removed", client_id=client_id)
    click.echo(f"Removed {client_id}.")


@client.command(epilog="Example: gatehouse client token --uses 1 --days 7")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True)
@output.as_json
def token(as_json: bool, uses: int, days: int) -> None:
    """Issue an initial access token: its bearer may register so many clients (RFC 7591)."""
    with opened() as house, house.store.write() as tx:
        issued = tx.initial_access_tokens.issue(uses, timedelta(days=days))
        tx.audit.add("client.token.issued", detail={"uses": uses, "days": days})
    output.row({"initial_access_token": issued, "uses": uses, "days": days}, as_json)


client.add_command(exchange)


def _shown(client: Client) -> output.Row:
    return {
        "client_id": client.id,
        "source": client.source,
        "name": client.name,
        "public": client.public,
        "token_endpoint_auth_method": client.auth_method,
        "profile": client.metadata.profile,
        "application_type": client.metadata.application_type,
        "redirect_uris": client.redirect_uris,
        "dpop_bound_access_tokens": client.metadata.dpop_bound_access_tokens,
        "post_logout_redirect_uris": client.metadata.post_logout_redirect_uris,
        "backchannel_logout_uri": client.metadata.backchannel_logout_uri,
        "frontchannel_logout_uri": client.metadata.frontchannel_logout_uri,
        "grant_types": client.metadata.grant_types,
        "backchannel_token_delivery_mode": client.metadata.backchannel_token_delivery_mode,
        "resources": client.metadata.resources,
        "authorization_details_types": client.metadata.authorization_details_types,
        "require_acr": client.require_acr,
        "consent": client.consent,
        "audience": client.audience,
        "scope": client.scope,
        "token_alg": client.token_alg,
        "access_token_seconds": client.access_token_seconds,
    }
