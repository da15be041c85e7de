"""`authorization_details` says in detail what is to be allowed (RFC 9396)."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.oidc.authorize import claims
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidAuthorizationDetails
from gateway.oidc.resources import rfc9396
from gateway.oidc.resources.types.message import is_for_one_message
from gateway.oidc.resources.types.type import Detail


def check_authorization_details(asked: Asked) -> None:
    """Raise InvalidAuthorizationDetails for what is not of a type that the client may use."""
    sent = asked.parameters["authorization_details"]
    if not sent:
        return
    try:
        details = rfc9396.parsed(sent)
        with asked.knowledge.store.read() as tx:
            rfc9396.check(details, asked.client, tx)
        _check_message(asked, details)
    except ValueError as error:
        raise InvalidAuthorizationDetails(str(error)) from error


def _check_message(asked: Asked, details: Sequence[Detail]) -> None:
    """Let a message come by PAR alone, and for the one person whose session has asked.

    In an address it would stay in histories and logs; and whoever else logs in must not answer it.
    """
    if not is_for_one_message(details):
        return
    wanted = claims.subject(claims.parsed(asked.parameters["claims"]))
    if not asked.pushed:
        raise ValueError("A message comes by a pushed authorization request.")
    if not asked.parameters["id_token_hint"] and wanted is None:
        raise ValueError("A message needs an id_token_hint, or the sub among the claims.")
