"""Access tokens as they arrive, and what a refusal says (RFC 6750; RFC 9449, section 7)."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Request, Response, jsonify

from gateway.oidc.dpop.key import ALGORITHMS
from gateway.oidc.refusals import referred

STATUS = {"invalid_request": 400, "invalid_client_metadata": 400, "insufficient_scope": 403}
BEARER, DPOP = "Bearer", "DPoP"
ASKED = {BEARER: {"realm": "userinfo"}, DPOP: {"algs": " ".join(ALGORITHMS)}}
"""What a challenge says of each scheme."""


@dataclass(frozen=True, slots=True)
class Presented:
    """An access token and the scheme it came with."""

    scheme: str
    token: str = field(repr=False)


def presented(request: Request) -> list[Presented]:
    """Return the token of the header and that of a form body; the query is never read (2.3)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    known = {name.lower(): name for name in ASKED}.get(scheme.lower())
    header = [Presented(known, value.strip())] if known else []
    body = [Presented(BEARER, token) for token in request.form.getlist("access_token")]
    return [found for found in header + body if found.token]


def challenge(error: str = "", scheme: str = BEARER, why: str = "", **parameters: str) -> Response:
    """Refuse with one `WWW-Authenticate` for each scheme, the one that was used first.

    The error is named to that one; without a token there is none to name (3.1). `why` is for the
    log.
    """
    response = jsonify({"error": error} if error else {})
    response.status_code = STATUS.get(error, 401)
    other = BEARER if scheme == DPOP else DPOP
    said = {**ASKED[scheme], **({"error": error} if error else {}), **parameters}
    for name, values in ((scheme, said), (other, ASKED[other])):
        listed = ", ".join(f'{key}="{value}"' for key, value in values.items())
        response.headers.add("WWW-Authenticate", f"{name} {listed}")
    return referred(response, error or "no token", why)
