"""Authorization server issuer identification (RFC 9207): `iss` in every answer."""

from __future__ import annotations

from collections.abc import Mapping


def authorization_response(
    issuer: str, state: str | None, parameters: Mapping[str, str]
) -> dict[str, str]:
    """Return the parameters of a success or error response: its own, `state` and `iss`."""
    stated = {} if state is None else {"state": state}
    return {**parameters, **stated, "iss": issuer}
