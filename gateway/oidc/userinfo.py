"""The UserInfo endpoint (OpenID Connect Core, section 5.3)."""

from __future__ import annotations

from typing import Any

from contracts.clock import Clock
from gateway.oidc import rfc9068
from gateway.oidc.keys import KeyRing
from store import Store, Transaction
from store.accounts import Account


class UserInfo:
    """Says of a person what the token's scope lets its holder know."""

    def __init__(self, store: Store, clock: Clock, issuer: str, keys: KeyRing) -> None:
        self._store = store
        self._clock = clock
        self._issuer = issuer
        self._keys = keys

    def claims(self, token: str) -> dict[str, Any] | str:
        """Return the claims, or the error of RFC 6750 for a token that does not serve."""
        found = rfc9068.validated(token, issuer=self._issuer, keys=self._keys, clock=self._clock)
        if found is None:
            return "invalid_token"
        scope = str(found.get("scope", "")).split()
        if "openid" not in scope:
            return "insufficient_scope"
        with self._store.read() as tx:
            account = self._account(tx, found)
        return "invalid_token" if account is None else _about(account, scope)

    def _account(self, tx: Transaction, claims: dict[str, Any]) -> Account | None:
        """Return the account while the grant behind the token and the account itself live."""
        grant = tx.grants.get(rfc9068.grant_id(claims) or "")
        if grant is None or not grant.live(self._clock.now()):
            return None
        account = tx.accounts.get(grant.account_id)
        return account if account and account.active else None


def _about(account: Account, scope: list[str]) -> dict[str, Any]:
    claims = {"sub": account.id}
    if "profile" in scope:
        claims["preferred_username"] = account.username
    if "email" in scope and account.email:
        claims["email"] = account.email
    return claims
