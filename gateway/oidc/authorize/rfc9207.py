"""Authorization server issuer identification (RFC 9207): `iss` in every answer."""

from __future__ import annotations

from collections.abc import Mapping

from authlib.common.urls import add_params_to_uri


def authorization_response(
    redirect_uri: str, issuer: str, state: str | None, parameters: Mapping[str, str]
) -> str:
    """Return the address of a success or error response: the parameters, `state` and `iss`."""
    answer = dict(parameters)
    if state is not None:
        answer["state"] = state
    answer["iss"] = issuer
    return str(add_params_to_uri(redirect_uri, list(answer.items())))
