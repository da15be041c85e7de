"""Request objects (JAR, RFC 9101): the parameters of a request as claims that the client signed.

What stands beside a request object is ignored, but for `client_id`, which must be the same (5.2).
They come by value alone: what another server holds is not fetched. Encrypted ones are not taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contracts.clock import Clock
from gateway.oidc import jws
from gateway.oidc.authorize.errors import InvalidRequestObject
from gateway.oidc.authorize.parameters import Parameters
from gateway.oidc.clients import fapi2
from gateway.oidc.clients.jwks import ClientKeys
from gateway.oidc.jws import ALGORITHMS, Signed
from store.clients import Client

MOST = 40 * 1024
LONGEST = timedelta(hours=1)
TYPES = {"", "jwt", "oauth-authz-req+jwt"}
"""OpenID Connect Core knew no type; no other type of JWT is taken for a request (10.8)."""

OF_THE_JWT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
NEVER_INSIDE = frozenset({"request", "request_uri", "sub"})
"""A request within a request (section 4), and what would make it a client assertion (10.8)."""

OBJECTS = frozenset({"claims", "authorization_details"})
SEVERAL = frozenset({"resource"})


@dataclass(frozen=True, slots=True)
class RequestObjects:
    """Reads request objects."""

    issuer: str
    keys: ClientKeys
    clock: Clock

    def parameters(self, token: str, client: Client) -> Parameters:
        """Return the parameters that the client signed. Raises InvalidRequestObject."""
        try:
            read = jws.parse(token, MOST)
        except ValueError as error:
            raise InvalidRequestObject("It is no signed JWT that is taken here.") from error
        self._check_signature(read, client)
        self._check_claims(read.claims, client)
        said = {name: value for name, value in read.claims.items() if name not in OF_THE_JWT}
        return Parameters({name: _values(name, value) for name, value in said.items()})

    def _check_signature(self, read: Signed, client: Client) -> None:
        registered = client.metadata.request_object_signing_alg
        known = read.typ in TYPES and read.alg in fapi2.algorithms(client, registered)
        key = self.keys.verifying(client, read.alg, read.kid) if known else None
        if key is None or not read.holds(key):
            raise InvalidRequestObject("Its type, its key or its signature is not the client's.")

    def _check_claims(self, claims: Mapping[str, Any], client: Client) -> None:
        if claims.get("iss") != client.id or claims.get("client_id") != client.id:
            raise InvalidRequestObject("iss and client_id must be the client.")
        if not _meant_for(claims.get("aud"), self.issuer):
            raise InvalidRequestObject("aud must be the issuer.")
        if not jws.timely(claims, self.clock.now(), LONGEST):
            raise InvalidRequestObject("exp must be there, and within an hour; nbf and iat past.")
        if fapi2.applies(client) and not fapi2.recent(claims, self.clock.now()):
            raise InvalidRequestObject("nbf must be there, and within the last hour.")
        if NEVER_INSIDE & claims.keys():
            raise InvalidRequestObject("request, request_uri and sub must not be in it.")


def metadata(_base: str) -> Mapping[str, Any]:
    """Return what discovery says of it (RFC 9101, section 10.5; RFC 8414, section 2)."""
    return {
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "request_object_signing_alg_values_supported": ALGORITHMS,
        "require_signed_request_object": False,
    }


def _meant_for(audience: object, issuer: str) -> bool:
    return audience == issuer or (isinstance(audience, list) and issuer in audience)


def _values(name: str, value: object) -> list[str]:
    """Return a claim as parameters are sent: text, a number, or JSON where the parameter is."""
    if name in OBJECTS and isinstance(value, dict | list):
        return [json.dumps(value, separators=(",", ":"))]
    values = value if name in SEVERAL and isinstance(value, list) else [value]
    if not all(isinstance(part, str | int) and not isinstance(part, bool) for part in values):
        raise InvalidRequestObject(f"{name} has the wrong type.")
    return [str(part) for part in values if part != ""]
