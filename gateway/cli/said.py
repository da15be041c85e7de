"""The options of `gatehouse client add` that say how a client proves itself, by RFC 7591."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, TypeVar

import click

from contracts.errors import BadRequest
from contracts.text import Text
from gateway.oidc import strict_json
from gateway.oidc.clients.fapi2 import PROFILE
from gateway.oidc.clients.registered import METHODS

Result = TypeVar("Result")

OPTIONS = (
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
    """Give a command these options as the one argument `said`."""

    @wraps(command)
    def call(
        jwks: BinaryIO | None,
        metadata: BinaryIO | None,
        **given: Any,  # noqa: ANN401 - whatever else the command takes
    ) -> Result:
        said = _document(metadata) if metadata else {}
        if jwks:
            said["jwks"] = _document(jwks)
        for name in NAMES & given.keys():
            if value := given.pop(name):
                said[name] = value
        return command(said=said, **given)

    for option in reversed(OPTIONS):
        call = option(call)
    return call


NAMES = {
    *("token_endpoint_auth_method", "jwks_uri", "profile"),
    *("require_pushed_authorization_requests", "require_signed_request_object"),
}


def _document(file: BinaryIO) -> dict[str, Any]:
    try:
        return strict_json.parse_object(file.read())
    except ValueError as error:
        message = "%(file)s is not a JSON object: %(why)s"
        raise BadRequest(Text(message, {"file": file.name, "why": str(error)})) from error
