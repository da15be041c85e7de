"""The options that say something of a client, for `gatehouse client add` and `client change`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, BinaryIO, TypeVar

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.clients import COLUMNS, SCOPE
from gateway.oidc import strict_json
from gateway.oidc.clients.ciba import MODES
from gateway.oidc.clients.fapi2 import PROFILE
from gateway.oidc.clients.registered import METHODS
from gateway.oidc.keys.algorithms import ALGORITHMS
from gateway.oidc.token.server import GRANTS

Result = TypeVar("Result")

GRANT_TYPES = {grant.GRANT_TYPE.rpartition(":")[2]: grant.GRANT_TYPE for grant in GRANTS}
"""By the last word of their names, which an operator can type."""


def _in_full(_: click.Context, __: click.Parameter, names: Sequence[str]) -> list[str]:
    return [GRANT_TYPES[name] for name in names]


OPTIONS = (
    click.option("--name", help="Name that people see; the id where it is left out."),
    click.option("--redirect-uri", "redirect_uris", multiple=True, help="May be repeated."),
    click.option(
        "--native",
        "application_type",
        flag_value="native",
        help="On the person's own device: any loopback port.",
    ),
    click.option(
        "--dpop",
        "dpop_bound_access_tokens",
        is_flag=True,
        help="Bind its tokens to a key of its own (RFC 9449).",
    ),
    click.option(
        "--status-list",
        "token_status_list",
        is_flag=True,
        help="Its tokens name a list by which backends learn of revocations.",
    ),
    click.option(
        "--voice-notes/--no-voice-notes",
        "voice_notes",
        default=None,
        help="Let people answer in its chat, by voice messages that it hands on, or not.",
    ),
    click.option(
        "--consent/--no-consent",
        "consent",
        default=None,
        help="Ask people for consent, or not: it is our own.",
    ),
    click.option("--require-acr", help="Least assurance it accepts; mfa where it is left out."),
    click.option("--audience", help="`aud` of its access tokens; the id where it is left out."),
    click.option("--scope", help=f"What it may ask for; {SCOPE} where it is left out."),
    click.option(
        "--token-alg", type=click.Choice(ALGORITHMS), help="What its tokens are signed by."
    ),
    click.option(
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        multiple=True,
        help="Where people may go once they are logged out. May be repeated.",
    ),
    click.option(
        "--backchannel-logout-uri",
        help="Is told by us of the end of a session: https, or http on localhost.",
    ),
    click.option(
        "--frontchannel-logout-uri",
        help="Is shown in a frame at a logout; has the origin of a redirect URI.",
    ),
    click.option(
        "--grant-type",
        "grant_types",
        multiple=True,
        type=click.Choice(sorted(GRANT_TYPES)),
        callback=_in_full,
        help="How it gets tokens; by code, refresh token and for itself, where all are left out.",
    ),
    click.option(
        "--ciba",
        "backchannel_token_delivery_mode",
        type=click.Choice(MODES),
        help="How it hears that a person it asked for has decided; goes with the grant type ciba.",
    ),
    click.option(
        "--ciba-notification-endpoint",
        "backchannel_client_notification_endpoint",
        help="Where it is pinged: https, or http on localhost.",
    ),
    click.option(
        "--resource",
        "resources",
        multiple=True,
        help="A resource it may ask for tokens for (see: gatehouse resource). May be repeated.",
    ),
    click.option(
        "--details-type",
        "authorization_details_types",
        multiple=True,
        help="A type of authorization details it may ask for, such as message. May be repeated.",
    ),
    click.option(
        "--access-token-seconds", type=click.IntRange(1), help="Life of its access tokens."
    ),
    click.option(
        "--auth-method",
        "token_endpoint_auth_method",
        type=click.Choice(METHODS),
        help="How it proves itself; a secret where nothing is said.",
    ),
    click.option("--jwks", type=click.File("rb"), help="File with its public keys, a JWK Set."),
    click.option("--jwks-uri", help="Address of its public keys, https."),
    click.option(
        "--profile",
        type=click.Choice([PROFILE]),
        help="fapi2: all that FAPI 2.0 Security Profile asks.",
    ),
    click.option(
        "--require-par",
        "require_pushed_authorization_requests",
        is_flag=True,
        help="Take its requests by PAR alone (RFC 9126).",
    ),
    click.option(
        "--require-signed-request",
        "require_signed_request_object",
        is_flag=True,
        help="Take its requests as signed request objects alone (RFC 9101).",
    ),
    click.option(
        "--metadata",
        type=click.File("rb"),
        help="File with anything else RFC 7591 has words for, a JSON object.",
    ),
)


def as_said(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give a command these options as the one argument `said`: members by their names."""
    beside = {"client_id", "as_json", "public", "version"}

    @wraps(command)
    def call(
        jwks: BinaryIO | None,
        metadata: BinaryIO | None,
        **given: Any,  # noqa: ANN401 - the options, and whatever else the command takes
    ) -> Result:
        said = _members(metadata) if metadata else {}
        if jwks:
            said["jwks"] = _document(jwks)
        members = {name: given.pop(name) for name in given.keys() - beside}
        said.update({name: value for name, value in members.items() if value or name == "consent"})
        return command(said={name: said[name] for name in said if said[name] is not None}, **given)

    for option in reversed(OPTIONS):
        call = option(call)
    return call


def _members(file: BinaryIO) -> dict[str, Any]:
    """Return what a file says in words of RFC 7591 alone."""
    said = _document(file)
    for name in sorted({*COLUMNS, "client_id", "public"} & said.keys()):
        raise BadRequest(Text("%(name)s cannot be said here of a client.", {"name": name}))
    return said


def _document(file: BinaryIO) -> dict[str, Any]:
    try:
        return strict_json.parse_object(file.read())
    except ValueError as error:
        message = "%(file)s is not a JSON object: %(why)s"
        raise BadRequest(Text(message, {"file": file.name, "why": str(error)})) from error
