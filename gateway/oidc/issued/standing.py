"""Whether a token of ours still stands: read from the store, so that all workers agree at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.clock import Clock
from gateway.oidc.clients.subject import Subjects
from gateway.oidc.issued import rfc9068
from gateway.oidc.keys.ring import KeyRing
from gateway.oidc.resources.types.message import is_for_one_message
from store import Client, Store, Transaction
from store.grants import Grant


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


@dataclass(frozen=True, slots=True)
class Spoken:
    """An access token that speaks of a person, the grant behind it, and how long it lives yet."""

    token: Token
    grant: Grant
    left: timedelta


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

    def spoken(self, token: str) -> Spoken | None:
        """Return an access token of ours that stands, where a person's grant is behind it."""
        claims = self._claims(token)
        with self._store.read() as tx:
            found = self._access(tx, claims) if claims else None
            behind = tx.accounts.behind(found.grant_id) if found and found.grant_id else None
        if found is None or behind is None:
            return None
        return Spoken(found, behind.grant, self._left(found.claims))

    def spend(self, token: Token) -> bool:
        """Let a token for one message fall; True for the first who comes."""
        with self._store.write() as tx:
            return self._spend(tx, token.claims)

    def note_exchange(self, spoken: Spoken, client_id: str) -> None:
        """Write into the trail who has exchanged whose token."""
        grant, issued_to = spoken.grant, spoken.token.client_id
        detail = {"grant": grant.id, "of": issued_to}
        with self._store.write() as tx:
            tx.audit.add(
                "token.exchanged",
                account_id=grant.account_id,
                client_id=client_id,
                detail=detail,
            )

    def revoke(self, token: str, client_id: str) -> None:
        """Revoke a client's own token with all that was issued beside it (RFC 7009).

        One that came by an exchange falls alone: the grant is another client's. Of any other token
        nothing is changed and nothing learnt.
        """
        found = self.find(token)
        if found is None or found.client_id != client_id:
            return
        with self._store.write() as tx:
            if found.grant_id and "act" not in found.claims:
                tx.grants.revoke(found.grant_id)
            else:
                self._spend(tx, found.claims)
            tx.audit.add("token.revoked", client_id=client_id)

    def _claims(self, token: str) -> dict[str, Any] | None:
        return rfc9068.validated(token, issuer=self._issuer, keys=self._keys, clock=self._clock)

    def _access(self, tx: Transaction, claims: dict[str, Any]) -> Token | None:
        grant_id = rfc9068.grant_id(claims)
        stands = bool(tx.accounts.behind(grant_id)) if grant_id else _own(tx, claims)
        if stands and grant_id:
            stands = not fallen(tx, claims)
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

    def _spend(self, tx: Transaction, claims: dict[str, Any]) -> bool:
        return tx.once.spend(_revoked(claims), self._left(claims))

    def _left(self, claims: dict[str, Any]) -> timedelta:
        return datetime.fromtimestamp(claims["exp"], UTC) - self._clock.now()


def _own(tx: Transaction, claims: dict[str, Any]) -> bool:
    return tx.clients.get(claims["client_id"]) is not None and not tx.once.spent(_revoked(claims))


def fallen(tx: Transaction, claims: dict[str, Any]) -> bool:
    """Tell whether a token was spent or revoked while its grant stands."""
    return _falls_alone(claims) and tx.once.spent(_revoked(claims))


def _falls_alone(claims: dict[str, Any]) -> bool:
    """Tell whether a token can fall while its grant stands."""
    return "act" in claims or is_for_one_message(claims.get("authorization_details", ()))


def _revoked(claims: dict[str, Any]) -> str:
    return f"revoked|{claims['jti']}"
