"""`id_token_hint` is an ID token of ours, for this client (OpenID Connect Core, 3.1.2.1)."""

from __future__ import annotations

from gateway.oidc.authorize import claims
from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.issued.hint import id_token_hint


def check_id_token_hint(asked: Asked) -> None:
    """Raise InvalidRequest for any other, and where `claims` asks for another person."""
    sent, hinted = asked.parameters["id_token_hint"], hinted_subject(asked)
    if sent and hinted is None:
        raise InvalidRequest("id_token_hint is not an ID token of ours for this client.")
    if sent and _claimed(asked) not in (None, hinted):
        raise InvalidRequest("id_token_hint and claims name two persons.")


def hinted_subject(asked: Asked) -> str | None:
    """Return the `sub` of the hint; None without one that serves."""
    sent, known = asked.parameters["id_token_hint"], asked.knowledge
    found = id_token_hint(sent, issuer=known.issuer, keys=known.keys) if sent else None
    return found.sub if found and asked.client.id in found.aud else None


def _claimed(asked: Asked) -> str | None:
    """Return the `sub` that `claims` asks for; what is wrong with them is not said here."""
    try:
        return claims.subject(claims.parsed(asked.parameters["claims"]))
    except ValueError:
        return None
