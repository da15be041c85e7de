"""The UserInfo endpoint (OpenID Connect Core, section 5.3)."""

from __future__ import annotations

from typing import Any

from flask import Request

from contracts.clock import Clock
from gateway.oidc.issued import rfc9068
from gateway.oidc.issued.binding import Binding
from gateway.oidc.issued.rfc6750 import Presented
from gateway.oidc.keys.ring import KeyRing
from store import Account, Store


class UserInfo:
    """Says of a person what the token's scope lets its holder know."""

    def __init__(
        self, store: Store, clock: Clock, issuer: str, keys: KeyRing, binding: Binding
    ) -> None:
        self._store = store
        self._clock = clock
        self._issuer = issuer
        self._keys = keys
        self._binding = binding

    def claims(self, shown: Presented, request: Request) -> dict[str, Any] | str:
        """Return the claims, or the error of RFC 6750 for a token that does not serve.

        Raises what a proof can raise.
        """
        found = rfc9068.validated(
            shown.token, issuer=self._issuer, keys=self._keys, clock=self._clock
        )
        if found is None or not self._binding.holds(found, shown, request):
            return "invalid_token"
        scope = str(found.get("scope", "")).split()
        if "openid" not in scope:
            return "insufficient_scope"
        with self._store.read() as tx:
            behind = tx.accounts.behind(rfc9068.grant_id(found) or "")
        if behind is None:
            return "invalid_token"
        return {"sub": found["sub"], **_about(behind.account, scope)}


def _about(account: Account, scope: list[str]) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if "profile" in scope:
        claims["preferred_username"] = account.username
    if "email" in scope and account.email:
        claims["email"] = account.email
    return claims
