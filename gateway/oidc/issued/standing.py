"""Whether a token of ours still stands: read from the store, so that all workers agree at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.clock import Clock
from gateway.oidc.issued import rfc9068
from gateway.oidc.issued.subject import Subjects
from gateway.oidc.keys.ring import KeyRing
from store import Client, Store, Transaction


@dataclass(frozen=True, slots=True)
class Token:
    """A token that stands, and what may be said of it (RFC 7662, section 2.2).

    `grant_id` is None for a token that a client got for itself.
    """

    client_id: str
    grant_id: str | None
    claims: dict[str, Any]

    def concerns(self, client: Client) -> bool:
        """Tell whether a client may hear of it: it was issued to them, or is meant for them."""
        return client.id == self.client_id or self.claims.get("aud") == client.audience


class Standing:
    """Finds tokens that stand and makes them fall."""

    def __init__(self, store: Store, clock: Clock, issuer: str, keys: KeyRing) -> None:
        self._store = store
        self._subjects = Subjects(store.vault)
        self._clock = clock
        self._issuer = issuer
        self._keys = keys

    def find(self, token: str) -> Token | None:
        """Return an access or refresh token of ours that is neither expired nor revoked."""
        claims = self._claims(token)
        with self._store.read() as tx:
            return self._refresh(tx, token) if claims is None else self._access(tx, claims)

    def revoke(self, token: str, client_id: str) -> None:
        """Revoke a client's own token with all that was issued beside it (RFC 7009).

        Of any other token nothing is changed and nothing learnt.
        """
        found = self.find(token)
        if found is None or found.client_id != client_id:
            return
        with self._store.write() as tx:
            if found.grant_id:
                tx.grants.revoke(found.grant_id)
            else:
                self._spend(tx, found.claims)
            tx.audit.add("token.revoked", client_id=client_id)

    def _claims(self, token: str) -> dict[str, Any] | None:
        return rfc9068.validated(token, issuer=self._issuer, keys=self._keys, clock=self._clock)

    def _access(self, tx: Transaction, claims: dict[str, Any]) -> Token | None:
        grant_id = rfc9068.grant_id(claims)
        stands = tx.accounts.behind(grant_id) if grant_id else _own(tx, claims)
        kind = rfc9068.token_type(claims.get("cnf", {}))
        token = Token(claims["client_id"], grant_id, {**claims, "token_type": kind})
        return token if stands else None

    def _refresh(self, tx: Transaction, token: str) -> Token | None:
        found = tx.refresh_tokens.find(token)
        living = tx.accounts.behind(found.grant_id) if found else None
        client = tx.clients.get(living.grant.client_id) if living else None
        if found is None or living is None or client is None:
            return None
        grant = living.grant
        claims = {
            "iss": self._issuer,
            "sub": self._subjects.of(client, grant.account_id),
            "client_id": grant.client_id,
            "scope": grant.scope,
            "exp": int(found.expires_at.timestamp()),
            **({"cnf": {"jkt": grant.jkt}} if grant.jkt else {}),
        }
        return Token(grant.client_id, grant.id, claims)

    def _spend(self, tx: Transaction, claims: dict[str, Any]) -> None:
        ends = datetime.fromtimestamp(claims["exp"], UTC)
        tx.once.spend(_revoked(claims), ends - self._clock.now())


def _own(tx: Transaction, claims: dict[str, Any]) -> bool:
    return tx.clients.get(claims["client_id"]) is not None and not tx.once.spent(_revoked(claims))


def _revoked(claims: dict[str, Any]) -> str:
    return f"revoked|{claims['jti']}"
