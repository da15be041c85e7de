"""Whom a backchannel authentication request means (CIBA Core 1.0, section 7.2)."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway.oidc.authorize.asked import Asked
from gateway.oidc.authorize.errors import InvalidRequest
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued.hint import Hint, id_token_hint
from store import Transaction

FOREIGN = "id_token_hint is not an ID token that was issued to this client."


def hinted(asked: Asked) -> str | None:
    """Return the account that is meant; None for nobody. Raises InvalidRequest for a bad token."""
    token = asked.parameters["id_token_hint"]
    hint = _read(asked, token) if token else None
    with asked.knowledge.store.read() as tx:
        if hint is None:
            return tx.hints.named(asked.parameters["login_hint"])
        return _account(asked, hint, tx)


def _read(asked: Asked, token: str) -> Hint:
    known = asked.knowledge
    hint = id_token_hint(token, issuer=known.issuer, keys=known.keys)
    if hint is None or asked.client.id not in hint.aud:
        raise InvalidRequest(FOREIGN)
    return hint


def _account(asked: Asked, hint: Hint, tx: Transaction) -> str | None:
    """Go by the subject where it is an account's own id, else by the login it speaks of."""
    at, subjects = (
        datetime.fromtimestamp(hint.auth_time, UTC),
        Subjects(asked.knowledge.store.vault),
    )
    known = tx.hints.known(hint.sub)
    meant = [known] if known else tx.hints.logged_in(at, asked.client.id)
    named = (found for found in meant if subjects.of(asked.client, found) == hint.sub)
    return next(named, None)
